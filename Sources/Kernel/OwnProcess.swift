internal import CKernel
internal import Glibc

/// What the kernel says of this process and its terminal.
package enum OwnProcess {
    /// Resident memory, octets.
    package static var residentOctets: Int64? {
        var files = Files()
        guard let fields = files.text("/proc/self/statm")?.split(separator: " "),
            fields.count > 1, let pages = Int64(fields[1])
        else { return nil }
        return pages * Int64(sysconf(Int32(_SC_PAGESIZE)))
    }

    /// Has what large arrays took returned to the kernel as they go, for the rest of the process. glibc
    /// begins so, and raises the threshold with each larger block that is freed (mallopt(3)).
    package static func returnLargeBlocks() { _ = mallopt(M_MMAP_THRESHOLD, 128 << 10) }

    /// Has every thread take its memory from one heap, for the rest of the process. One of its own would
    /// grow page by page, with a call to the kernel for each (glibc 2.36, malloc/arena.c: grow_heap).
    package static func shareHeap() { _ = mallopt(M_ARENA_MAX, 1) }

    /// The effective user id.
    package static var userID: UInt32 { geteuid() }

    /// Whether SIGHUP is ignored, as nohup(1) leaves it.
    package static var ignoresHangUp: Bool {
        var files = Files()
        let lines = files.text("/proc/self/status")?.split(separator: "\n") ?? []
        guard let line = lines.first(where: { $0.hasPrefix("SigIgn:") }),
            let mask = line.split(whereSeparator: \.isWhitespace).last,
            let signals = UInt64(mask, radix: 16)
        else { return false }
        return signals & 1 << UInt64(SIGHUP - 1) != 0
    }

    /// Whether what is written to a descriptor goes to journald, by the value of $JOURNAL_STREAM:
    /// device and inode of the stream that the service manager set up (systemd.exec(5)).
    package static func isJournal(_ descriptor: Int32, stream: String?) -> Bool {
        var status = stat()
        // The struct is on the stack for the length of the call.
        guard let stream, unsafe fstat(descriptor, &status) == 0 else { return false }
        return stream == "\(status.st_dev):\(status.st_ino)"
    }

    /// Whether a descriptor is a terminal.
    package static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

    /// The columns of the terminal behind a descriptor; nil when it is none or does not tell.
    package static func terminalWidth(_ descriptor: Int32) -> Int? {
        var size = winsize()
        // The struct is on the stack for the length of the call.
        let answer = SystemCall.attempt { unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) }
        guard answer.succeeded, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }
}
