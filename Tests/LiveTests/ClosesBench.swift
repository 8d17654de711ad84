import Glibc
import Kernel
import Model
import Testing

/// A network namespace of a test, with its loopback interface up, gone with this.
final class TestNamespace {
    let name: String
    var path: String { "/run/netns/\(name)" }

    init(_ topic: String) throws {
        name = "socktape-\(topic)-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
        _ = try output(of: "ip netns add \(name) && ip -n \(name) link set lo up")
    }

    deinit { remove() }

    /// Deletes the name; the namespace lasts as long as something holds it.
    func remove() { _ = try? output(of: "ip netns del \(name) 2>/dev/null || true") }

    /// The inode as stat(1) tells it.
    func inode() throws -> UInt64 {
        let text = try output(of: "stat -L -c %i \(path)")
        return try #require(UInt64(text.filter(\.isNumber)))
    }

    /// Runs a body on a thread that lives inside.
    func inside(_ body: @escaping () throws -> Void) throws {
        let visit = Visit(path, body)
        var thread = pthread_t()
        let context = Unmanaged.passUnretained(visit).toOpaque()
        let number = pthread_create(
            &thread, nil,
            { context in
                if let context { Unmanaged<Visit>.fromOpaque(context).takeUnretainedValue().run() }
                return nil
            }, context)
        try #require(number == 0)
        pthread_join(thread, nil)
        if let failure = visit.failure { throw failure }
    }

    private final class Visit {
        let path: String
        let body: () throws -> Void
        var failure: (any Error)?

        init(_ path: String, _ body: @escaping () throws -> Void) {
            self.path = path
            self.body = body
        }

        func run() {
            do {
                let descriptor = open(path, O_RDONLY | O_CLOEXEC)
                defer { close(descriptor) }
                // Glibc hides setns(2) from Swift.
                typealias Enter = @convention(c) (Int32, Int32) -> Int32
                let enter = unsafeBitCast(try #require(dlsym(nil, "setns")), to: Enter.self)
                try #require(enter(descriptor, 0x4000_0000) == 0)
                try body()
            } catch {
                failure = error
            }
        }
    }
}

/// Waits without keeping a thread from other tests.
func pause(_ milliseconds: Int) async throws {
    try await Task.sleep(for: .milliseconds(milliseconds))
}

extension DestroyMessages {
    /// Everything that comes within the time.
    func wait(milliseconds: Int = 300) async throws -> [(window: BootWindow, row: SocketRow)] {
        var taken: [(window: BootWindow, row: SocketRow)] = []
        for _ in 0..<milliseconds / 5 {
            take { window, rows in taken += rows.map { (window, $0) } }
            try await pause(5)
        }
        return taken
    }

    /// The only row with this cookie.
    func row(_ cookie: UInt64) async throws -> SocketRow {
        let rows = try await wait().map(\.row).filter { $0.cookie == cookie }
        try #require(rows.count == 1, "\(rows.count) messages of one socket")
        return rows[0]
    }
}
