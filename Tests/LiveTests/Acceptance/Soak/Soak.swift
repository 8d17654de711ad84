import Glibc

/// A recorder under connections that never cease, to which one fault after another happens.
final class Soak {
    private let bench: Bench
    private let disk: String
    private let control: String
    private let clock: UnsafeMutablePointer<Int64>
    private var numbers: SeededNumbers
    /// Seconds from the end of a fault to the next one, and of each.
    private let pause: ClosedRange<Double>
    private var recorder: SpawnedProcess?
    private var reader: SpawnedProcess?
    private var generator: SpawnedProcess?
    private(set) var truths: [Truth] = []
    /// Every file that was recorded into.
    private(set) var files: [String] = []
    private(set) var happened: [SoakFault: Int] = [:]
    /// The most memory that a recorder took, KiB.
    private(set) var peakMemory = 0

    /// Connections a second at the most.
    private static let rate = 150

    init(_ bench: Bench, seed: UInt64, pause: ClosedRange<Double>) async throws {
        self.bench = bench
        self.pause = pause
        numbers = SeededNumbers(seed: seed)
        disk = try await bench.useDisk(kibibytes: 256 << 10)
        control = bench.directory + "/control"
        clock = try Self.clock(bench.directory + "/clock")
        files = [bench.recording]
    }

    deinit { munmap(clock, 8) }

    /// By how many seconds the recorder's wall clock is wrong.
    private static func clock(_ path: String) throws -> UnsafeMutablePointer<Int64> {
        let file = open(path, O_RDWR | O_CREAT, 0o600)
        defer { close(file) }
        guard file >= 0, ftruncate(file, 8) == 0,
            let mapped = mmap(nil, 8, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0),
            mapped != MAP_FAILED
        else { throw BenchError("cannot map \(path)") }
        return mapped.assumingMemoryBound(to: Int64.self)
    }

    /// Lets faults happen for so long; then ends all in order.
    func run(seconds: Double) async throws {
        try await startRecorder()
        let end = Self.now() + seconds
        var order: [SoakFault] = []
        var next = Self.now() + Double.random(in: pause, using: &numbers)
        while Self.now() < end {
            try await keepChurning()
            if Self.now() >= next {
                // Each as often as the others, in an order that the seed gives.
                if order.isEmpty { order = SoakFault.allCases.shuffled(using: &numbers) }
                let fault = order.removeLast()
                happened[fault, default: 0] += 1
                if getenv("SOCKTAPE_SOAK_SECONDS") != nil { print("soak: \(Self.wall()) \(fault)") }
                try await undergo(fault)
                next = Self.now() + Double.random(in: pause, using: &numbers)
            }
            try await Task.sleep(for: .milliseconds(50))
        }
        while generator != nil {
            try await takeTruths()
            try await Task.sleep(for: .milliseconds(50))
        }
        try await Task.sleep(for: .seconds(2))
        try await stopRecorder()
    }

    // MARK: Churn

    private func keepChurning() async throws {
        try await takeTruths()
        guard generator == nil else { return }
        let rate = Int.random(in: 10...Self.rate, using: &numbers)
        let count = Int(Double(rate) * Double.random(in: pause, using: &numbers)) + 10
        let lifetime = Int.random(in: 1...200, using: &numbers)
        generator = try bench.generate([
            "rapid", "--count", "\(count)", "--rate", "\(rate)", "--lifetime-ms", "\(lifetime)",
        ])
    }

    private func takeTruths() async throws {
        guard let running = generator, running.hasEnded else { return }
        truths += try await bench.truths(of: running)
        unlink(running.outputPath)
        generator = nil
    }

    // MARK: Faults

    private func undergo(_ fault: SoakFault) async throws {
        let length = Double.random(in: pause, using: &numbers)
        switch fault {
        case .killed:
            noteMemory()
            recorder?.send(SIGKILL)
            _ = try await recorder?.wait()
            try await churn(for: length / 2)
            try await startRecorder()
        case .restarted:
            try await stopRecorder()
            try await startRecorder()
        case .full:
            let filler = disk + "/filler"
            // dd ends with an error when nothing more fits.
            _ = try? await bench.host(["dd", "if=/dev/zero", "of=\(filler)", "bs=64k"])
            try await churn(for: length)
            unlink(filler)
        case .failing:
            let number = [EIO, EDQUOT, EROFS].randomElement(using: &numbers) ?? EIO
            try write("\(number)", to: control)
            try await churn(for: length)
            unlink(control)
        case .slow:
            try write("slow \(Int.random(in: 1...200, using: &numbers))", to: control)
            try await churn(for: length)
            unlink(control)
        case .stepped:
            clock.pointee = Int64.random(in: -100_000...100_000, using: &numbers)
            try await churn(for: length)
            clock.pointee = 0
            try await churn(for: 1.5)
        case .suspended:
            recorder?.send(SIGSTOP)
            try await churn(for: length)
            recorder?.send(SIGCONT)
        case .reader:
            let endless = """
                WITH RECURSIVE n (x) AS (SELECT sample_id FROM samples UNION ALL SELECT x FROM n)
                SELECT count(*) FROM n
                """
            let reader = try bench.start([
                try Bench.product("socktape"), "sql", endless, "--db", bench.recording,
            ])
            try await churn(for: 1)
            reader.send(SIGSTOP)
            try await churn(for: length)
            reader.send(SIGCONT)
            reader.discard()
        case .moved:
            let target = "\(disk)/moved-\(files.count).sqlite"
            guard rename(bench.recording, target) == 0 else { throw BenchError("rename") }
            files.append(target)
            try await churn(for: 2)
        }
    }

    /// Waits while connections come and go.
    private func churn(for seconds: Double) async throws {
        let end = Self.now() + seconds
        while Self.now() < end {
            try await keepChurning()
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    private func startRecorder() async throws {
        recorder = try await bench.record(
            interval: "500ms", capture: "dumps+events",
            under: [
                "env", "LD_PRELOAD=\(try Bench.product("libFaultyHost.so"))",
                "FAULTY_DISK=\(control)", "FAULTY_CLOCK=\(bench.directory)/clock",
            ])
    }

    private func stopRecorder() async throws {
        noteMemory()
        if let recorder { try await bench.stop(recorder) }
        recorder = nil
    }

    private func noteMemory() {
        guard let pid = recorder?.pid else { return }
        for line in SpawnedProcess.text("/proc/\(pid)/status").split(separator: "\n")
        where line.hasPrefix("VmHWM:") {
            peakMemory = max(peakMemory, Int(line.filter(\.isNumber)) ?? 0)
        }
    }

    /// Writes a file in one step: half a number would be another fault.
    private func write(_ text: String, to path: String) throws {
        guard let file = fopen(path + ".new", "w") else { throw BenchError("cannot make \(path)") }
        fputs(text, file)
        fclose(file)
        guard rename(path + ".new", path) == 0 else { throw BenchError("cannot make \(path)") }
    }

    /// µs.
    private static func wall() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
    }

    private static func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
