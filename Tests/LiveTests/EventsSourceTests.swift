import CBPF
import Glibc
import Kernel
import Model
import Testing

@Suite("The source of the kernel's events", .serialized)
struct EventsSourceTests {
    private static let listener = "EventListener"

    private func spawn(_ words: [String]) throws -> SpawnedProcess {
        try SpawnedProcess(words, output: "/tmp/socktape-events-\(getpid())")
    }

    private func wait(_ condition: () -> Bool) -> Bool {
        for _ in 0..<500 {
            if condition() { return true }
            usleep(20_000)
        }
        return false
    }

    /// A port of 127.0.0.1 where nobody listens.
    static func closedPort() throws -> UInt16 {
        let listener = try LoopbackConnection().listener
        defer { listener.finish() }
        return listener.port
    }

    @Test("loses none of 2,000 connections, and tells nothing twice")
    func many() throws {
        var clients: [UInt64] = []
        var servers: [UInt64] = []
        let source = try EventPump()
        let listener = try LoopbackConnection().listener
        var events: [KernelEvent] = []
        for _ in 0..<10 {
            events += try EventsTape(source) {
                for _ in 0..<200 {
                    let client = try LoopbackSocket(
                        socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
                    try #require(client.connect(port: listener.port) == 0)
                    let server = try LoopbackSocket(accept(listener.descriptor, nil, nil))
                    clients.append(client.cookie)
                    servers.append(server.cookie)
                    client.finish()
                    server.finish()
                }
            }.events
        }
        events += try EventsTape(source) { usleep(EventsStateTests.acknowledged) }.events
        #expect(source.lost == EventLoss())
        let told = Dictionary(grouping: events, by: \.cookie)
        func states(_ cookies: [UInt64]) -> [[String]] {
            cookies.map { cookie in
                (told[cookie] ?? []).compactMap {
                    guard case .state(let from, let to) = $0.kind else { return nil }
                    return "\(from.name)>\(to.name)"
                }
            }
        }
        #expect(Set(clients + servers).count == 4_000)
        #expect(states(clients).allSatisfy { $0 == EventsStateTests.closingFirst })
        #expect(states(servers).allSatisfy { $0 == EventsStateTests.closingLast })
        let miniSockets = clients.count { cookie in
            (told[cookie] ?? []).contains {
                $0.kind == .timerStarted(.timeWait, leftMicroseconds: 60_000_000)
                    || $0.kind == .timerStarted(.finWait2, leftMicroseconds: 60_000_000)
            }
        }
        #expect(miniSockets == 2_000)
    }

    @Test("counts what it could not tell, and goes on when it was drained")
    func overrun() throws {
        let source = try EventSource()
        // 8 MiB hold 65,536 records of 128 octets; each refusal makes three.
        let refusals = 25_000
        let port = try Self.closedPort()
        for _ in 0..<refusals {
            let client = try LoopbackSocket(socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
            try #require(client.connect(port: port) == ECONNREFUSED)
        }
        var pieces = EventPieces()
        source.drain(into: &pieces)
        let told = pieces.take().joined().count
        let lost = source.lost
        #expect(lost.unreadable == 0)
        #expect(lost.states > 0)
        #expect(lost.resets > 0)
        // What others on this host do while it drains comes on top.
        #expect((65_000...67_536).contains(told), "\(told)")
        // Others on this host may add some.
        #expect(UInt64(told) + lost.total >= UInt64(3 * refusals))
        #expect(UInt64(told) + lost.total < UInt64(3 * refusals + 2_000))
        #expect(source.cost.told == Int64(told))
        #expect(source.cost.seenFull == Int64(told) + Int64(lost.total))
        let cookie = try LoopbackConnection().client.cookie
        source.drain(into: &pieces)
        #expect(pieces.take().joined().contains { $0.cookie == cookie })
        #expect(source.lost == lost)
    }

    @Test(
        "says which privilege is missing",
        arguments: [
            ("-all", "CAP_PERFMON and CAP_BPF"), ("-all,+bpf", "CAP_PERFMON"),
            ("-all,+perfmon", "CAP_BPF"),
        ])
    func unprivileged(capabilities: String, missing: String) async throws {
        let child = try spawn([
            "/usr/bin/setpriv", "--inh-caps=-all", "--bounding-set=\(capabilities)",
            try Bench.product(Self.listener),
        ])
        defer { child.discard() }
        #expect(try await child.wait(seconds: 10) == 0)
        #expect(
            child.output == """
                cannot load the BPF programs: Operation not permitted (this process lacks \
                \(missing)); run as root, or with CAP_BPF and CAP_PERFMON, or record by dumps alone

                """)
    }

    @Test("needs no more than two privileges, a third for the timers of TIME_WAIT")
    func fewPrivileges() throws {
        for (capabilities, text) in [
            ("-all,+bpf,+perfmon,+syslog", "listening\n"),
            (
                "-all,+bpf,+perfmon",
                "listening: cannot record the timers of TIME_WAIT by BPF: /proc/kallsyms does not "
                    + "show the address of tw_timer_handler; run as root or with CAP_SYSLOG, and "
                    + "with kernel.kptr_restrict below 2\n"
            ),
        ] {
            let child = try spawn([
                "/usr/bin/setpriv", "--inh-caps=-all", "--bounding-set=\(capabilities)",
                try Bench.product(Self.listener),
            ])
            defer { child.discard() }
            #expect(wait { child.output.hasSuffix("\n") })
            #expect(child.output == text)
        }
    }

    @Test("leaves nothing in the kernel when its process is killed")
    func killed() throws {
        let before = HeldObjects()
        let child = try spawn([try Bench.product(Self.listener)])
        defer { child.discard() }
        #expect(wait { child.output == "listening\n" })
        var added = HeldObjects()
        // What libbpf tried the kernel's abilities with goes a little later.
        let settled = wait {
            added = HeldObjects().subtracting(before)
            return added.maps.count == 6
        }
        #expect(settled)
        #expect(added.programs.count == 9)
        #expect(added.links.count == 7)
        child.send(SIGKILL)
        #expect(wait { HeldObjects().isDisjoint(with: added) })
    }
}

/// The ids of what the kernel holds for BPF.
private struct HeldObjects {
    var programs = ids(bpf_prog_get_next_id)
    var maps = ids(bpf_map_get_next_id)
    var links = ids(bpf_link_get_next_id)

    private static func ids(
        _ next: (UInt32, UnsafeMutablePointer<UInt32>?) -> Int32
    ) -> Set<UInt32> {
        var ids: Set<UInt32> = []
        var id: UInt32 = 0
        while next(id, &id) == 0 { ids.insert(id) }
        return ids
    }

    func subtracting(_ other: HeldObjects) -> HeldObjects {
        var result = self
        result.programs.subtract(other.programs)
        result.maps.subtract(other.maps)
        result.links.subtract(other.links)
        return result
    }

    func isDisjoint(with other: HeldObjects) -> Bool {
        programs.isDisjoint(with: other.programs) && maps.isDisjoint(with: other.maps)
            && links.isDisjoint(with: other.links)
    }
}
