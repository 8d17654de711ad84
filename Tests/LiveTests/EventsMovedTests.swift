import Glibc
import Kernel
import Model
import Testing

@Suite("The kernel's events of a TIME_WAIT whose timer stays where it is")
struct EventsMovedTests {
    /// How late the entry may be told, ns.
    private static let late: Int64 = 1_000_000

    /// Checks that a socket's TIME_WAIT began once in each span of time, and at no other.
    private func check(
        _ tape: EventsTape, _ cookie: UInt64, _ spans: [ClosedRange<Int64>], _ text: String
    ) {
        let starts = tape.of(cookie).filter {
            guard case .timerStarted(.timeWait, let left) = $0.kind else { return false }
            // Less than two jiffies of 10 ms have passed.
            return (59_980_000...60_000_000).contains(left)
        }
        let story = tape.story(of: cookie)
        #expect(starts.count == story.count { $0 == "timer started in TIME-WAIT" })
        #expect(starts.count == spans.count, "\(text): \(story)")
        for (start, span) in zip(starts, spans) {
            let allowed = span.lowerBound...span.upperBound + Self.late
            #expect(allowed.contains(start.bootNanoseconds), "\(text)")
        }
    }

    @Test(
        "tell its entry when one end closes and the other does so later",
        arguments: [LoopbackConnection.Kind.ipv4, .ipv6], [UInt32(5), 50, 500])
    func closed(kind: LoopbackConnection.Kind, milliseconds: UInt32) throws {
        var cookies: [UInt64] = []
        var spans: [ClosedRange<Int64>] = []
        let tape = try EventsTape {
            for _ in 0..<10 {
                let connection = try LoopbackConnection(kind)
                cookies.append(connection.client.cookie)
                connection.client.finish()
                usleep(milliseconds * 1_000)
                let before = bootNanoseconds()
                connection.server.finish()
                spans.append(before...bootNanoseconds())
            }
        }
        for (cookie, span) in zip(cookies, spans) {
            check(tape, cookie, [span], "\(kind) \(milliseconds) ms")
        }
    }

    /// Two namespaces on a veth pair. The client closes first, the server some time later; the
    /// client's cookie and the time around the server's close.
    private static let pair = """
        exec unshare -n python3 - <<'END'
        import ctypes, os, socket, subprocess, sys, time
        library = ctypes.CDLL(None)
        def run(text): subprocess.run(text, shell=True, check=True)
        def now(): return time.clock_gettime_ns(time.CLOCK_BOOTTIME)
        first = os.open("/proc/self/ns/net", os.O_RDONLY)
        holder = subprocess.Popen(["sleep", "60"], stdout=subprocess.DEVNULL)
        assert library.unshare(0x40000000) == 0
        second = os.open("/proc/self/ns/net", os.O_RDONLY)
        def configure(name, number):
            run(f"ip addr add 10.0.0.{number}/24 dev {name}; "
                f"ip addr add fd00::{number}/64 dev {name} nodad; ip link set {name} up")
        run(f"ip link add veth2 type veth peer name veth1 netns {holder.pid}")
        configure("veth2", 2)
        library.setns(first, 0)
        configure("veth1", 1)
        time.sleep(0.3)
        for address, family in ("10.0.0.2", socket.AF_INET), ("fd00::2", socket.AF_INET6):
            library.setns(second, 0)
            listener = socket.create_server((address, 4711), family=family)
            library.setns(first, 0)
            for delay in 0.005, 0.05, 0.5:
                client = socket.create_connection((address, 4711))
                server = listener.accept()[0]
                cookie = client.getsockopt(socket.SOL_SOCKET, 57, 8)
                client.close()
                time.sleep(delay)
                before = now()
                server.close()
                print(int.from_bytes(cookie, sys.byteorder), before, now())
        holder.kill()
        END
        """

    @Test("tell its entry over a wire between two namespaces")
    func wire() throws {
        let (tape, lines) = try EventsTape.listen(to: Self.pair)
        try #require(lines.count == 6)
        for line in lines {
            check(tape, UInt64(line[0]), [line[1]...line[2]], "\(line)")
        }
    }

    /// A server that closes first, and a peer made by hand: its FIN comes late and once more, then
    /// come a FIN without ACK, which RFC 9293 has dropped, and a reset that is out of the window.
    /// The server's cookie, then the times around each of the four.
    private static let byHand = EventsScripts.byHand(
        """
        server.close()
        time.sleep(0.05)
        send(16, 1001, next + 1)
        for flags, number in (17, 1001), (17, 1001), (1, 1001), (4, 5001):
            time.sleep(0.05)
            print(cookie, *send(flags, number, next + 1))
        """)

    @Test("tell that it begins anew, and nothing of segments that do not restart it")
    func anew() throws {
        let (tape, lines) = try EventsTape.listen(to: Self.byHand)
        try #require(lines.count == 4)
        let spans = lines.prefix(2).map { $0[1]...$0[2] }
        check(tape, UInt64(lines[0][0]), spans, "by hand")
    }

    @Test("are missed where the kernel does not tell for whom a segment was, and it says so")
    func without() throws {
        let source = try EventSource(movedTimers: false)
        #expect(source.withoutTimers == nil)
        let note = try #require(source.notes.first)
        #expect(source.notes.count == 1)
        #expect(note.source == "bpf")
        #expect(note.reason.contains("TIME_WAIT"))
        #expect(note.reason.contains("Linux 6.11"))
        #expect(try EventSource().notes.isEmpty)
    }
}
