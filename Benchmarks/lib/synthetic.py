"""A large recording to ask: one that is given, or one that SyntheticRecording makes."""

import os
import subprocess

import bench

PROGRAM = bench.ROOT / "Benchmarks/.build/release/SyntheticRecording"
MILLION = 1_000_000
FOLDER = bench.ROOT / ".build/bench/recordings"


def recording(form, connections=None):
    """Its path, or why there is none; of so many connections, the form's unless they are told."""
    if form.recording:
        return form.recording, None
    connections = connections or form.connections
    path = FOLDER / f"{connections}.sqlite"
    if path.exists():
        return path, None
    if not PROGRAM.exists():
        return None, (
            "not available: build Benchmarks' SyntheticRecording (swift build -c release "
            "--package-path Benchmarks --product SyntheticRecording), or give --recording FILE")
    FOLDER.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part.sqlite")
    part.unlink(missing_ok=True)
    subprocess.run([PROGRAM, "--connections", str(connections), "--output", part],
                   check=True, stdout=subprocess.DEVNULL)
    os.replace(part, path)
    return path, None
