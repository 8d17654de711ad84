internal import Glibc
package import Model
internal import Wire

/// TCP sockets from /proc/net/tcp and tcp6, where netlink is refused: no cookies, no tcp_info.
package final class ProcTCP {
    /// The name that the view `sources` gives.
    package let name = "proc_net_tcp"

    private static let paths: [(String, AddressFamily)] = [
        ("/proc/net/tcp", .ipv4), ("/proc/net/tcp6", .ipv6),
    ]
    private var buffer = [UInt8](repeating: 0, count: 256 << 10)
    private var rows: [SocketRow] = []

    package init() {}

    /// Reads both tables and hands over what each read held, with the window of that read. A host
    /// without IPv6 has no second table.
    package func dump(into consume: (BootWindow, [SocketRow]) -> Void) -> DumpOutcome {
        var progress = DumpProgress(began: KernelClock.boot())
        for (path, family) in Self.paths {
            do {
                let file = try Descriptor(opening: path)
                read(file, path, family, &progress, consume)
            } catch {
                if family == .ipv4 || error.errno != ENOENT { progress.fail("\(error)") }
            }
        }
        return progress.outcome(ended: KernelClock.boot())
    }

    /// Listening sockets are in the same tables as all others.
    package func listeners(into consume: (BootWindow, [SocketRow]) -> Void) -> DumpOutcome? { nil }

    /// Reads the table again for this 4-tuple. A socket that is not in it may still have been
    /// overlooked: /proc walks a table that changes. So absence proves nothing.
    package func find(_ tuple: FourTuple, cookie: UInt64) -> ExactAnswer {
        var found: SocketRow?
        let outcome = dump { _, rows in
            found = found ?? rows.first { $0.tuple == tuple }
        }
        if let found { return .found(found) }
        return .unknown(outcome.failure ?? "/proc/net/tcp does not list it, which proves nothing")
    }

    private func read(
        _ file: borrowing Descriptor, _ path: String, _ family: AddressFamily,
        _ progress: inout DumpProgress, _ consume: (BootWindow, [SocketRow]) -> Void
    ) {
        var table = ProcSocketTable(family)
        var kept = 0
        var earliest = KernelClock.boot()
        while true {
            if kept == 0 { earliest = KernelClock.boot() }
            let answer = file.read(into: &buffer, from: kept)
            guard answer.succeeded else {
                progress.fail("cannot read \(path): \(KernelError.text(answer.errno))")
                return
            }
            let length = kept + answer.value
            rows.removeAll(keepingCapacity: true)
            // Unsafe by name only: octets have no padding.
            let used = unsafe table.sockets(
                in: buffer.span.bytes.extracting(first: length), into: &rows)
            let window = BootWindow(earliest: earliest, latest: KernelClock.boot())
            progress.take(rows: rows.count)
            if !rows.isEmpty { consume(window, rows) }
            kept = length - used
            guard answer.value > 0, kept < buffer.count else { break }
            buffer.replaceSubrange(..<kept, with: buffer[used..<length])
        }
        if kept > 0 { progress.fail("cannot read \(path): its last line is not whole") }
        if table.unreadable > 0 {
            progress.fail("cannot read \(table.unreadable) lines of \(path)")
        }
    }
}
