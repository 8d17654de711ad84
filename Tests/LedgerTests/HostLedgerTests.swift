import Ledger
import Model
import Testing

@Suite("What belongs to the host")
struct HostLedgerTests {
    private let nginx = ProcessIdentity(pid: 7, startTicks: 100)

    private func facts(_ comm: String, _ identity: ProcessIdentity? = nil) -> ProcessFacts {
        ProcessFacts(identity: identity ?? nginx, comm: comm)
    }

    private func second(_ number: Int64) -> Int64 { number * 1_000_000 }

    // MARK: Processes

    @Test("a process id that comes back is another process")
    func reusedPid() {
        var ledger = ProcessLedger(nextID: 1)
        let first = ledger.observe(facts("nginx"), startedMicroseconds: 0, at: second(1))
        let other = ProcessIdentity(pid: 7, startTicks: 900)
        let next = ledger.observe(facts("cron", other), startedMicroseconds: 0, at: second(2))
        #expect((first, next) == (1, 2))
        #expect(ledger.endScan([other], lastSeen: second(1)) == [1])
        let records = ledger.takeChanges().compactMap { change in
            if case .process(let record) = change { record } else { nil }
        }
        #expect(records.map(\.lastSeen) == [second(1), nil])
    }

    @Test("a process that is gone keeps its number for two looks, as events of it may come late")
    func late() {
        var ledger = ProcessLedger(nextID: 5)
        _ = ledger.observe(facts("nginx"), startedMicroseconds: 0, at: second(1))
        #expect(ledger.id(ofGone: nginx) == nil)
        for moment in [second(2), second(3)] {
            _ = ledger.endScan([], lastSeen: moment)
            #expect(ledger.id(of: nginx) == nil)
            #expect(ledger.id(ofGone: nginx) == 5)
        }
        _ = ledger.endScan([], lastSeen: second(4))
        #expect(ledger.id(ofGone: nginx) == nil)
    }

    @Test("a process is looked at again at the next look and every minute, as exec renames it")
    func renamed() {
        var ledger = ProcessLedger(nextID: 1)
        _ = ledger.observe(facts("sh"), startedMicroseconds: 0, at: second(1))
        #expect(ledger.unconfirmed(at: second(1)).isEmpty)
        #expect(ledger.unconfirmed(at: second(2)) == [nginx])
        _ = ledger.takeChanges()
        _ = ledger.observe(facts("nginx"), startedMicroseconds: 0, at: second(2))
        #expect(ledger.unconfirmed(at: second(61)).isEmpty)
        #expect(ledger.unconfirmed(at: second(62)) == [nginx])
        guard case .process(let record)? = ledger.takeChanges().first else {
            Issue.record("a new name is no change")
            return
        }
        #expect((record.id, record.facts.comm, record.firstSeen) == (1, "nginx", second(1)))
    }

    // MARK: Descriptors

    /// Counts of one process, a second apart, and the stretches that they make.
    private func stretches(_ counts: [Int64]) -> [DescriptorRecord] {
        var ledger = DescriptorLedger(nextID: 1)
        var rows: [Int64: DescriptorRecord] = [:]
        for (index, count) in counts.enumerated() {
            let seen = ProcessDescriptors(identity: nginx, open: count)
            ledger.observe(seen, process: 1, at: second(Int64(index)))
            for case .descriptors(let record) in ledger.takeChanges() { rows[record.id] = record }
        }
        return rows.values.sorted { $0.id < $1.id }
    }

    @Test(
        "a count that moves by more than 2 or 1 % begins a new stretch, a smaller move does not",
        arguments: [
            (counts: [10, 12] as [Int64], open: [10] as [Int64]),
            (counts: [10, 13], open: [10, 13]),
            (counts: [10, 7], open: [10, 7]),
            (counts: [1000, 1010], open: [1000]),
            (counts: [1000, 1011], open: [1000, 1011]),
        ])
    func threshold(counts: [Int64], open: [Int64]) {
        #expect(stretches(counts).map(\.open) == open)
    }

    @Test("a small move that stays for 10 s begins a new stretch; one that goes back does not")
    func patience() {
        let stays = stretches([10] + Array(repeating: 11, count: 11))
        #expect(stays.map(\.open) == [10, 11])
        #expect(stays.first?.untilMicroseconds == second(11))
        let returns = stretches([10] + Array(repeating: 11, count: 9) + [10, 11, 11, 11])
        #expect(returns.map(\.open) == [10])
        #expect(returns.map(\.peak) == [11])
    }

    @Test("a process whose count is hidden makes no stretch, and none of 0")
    func hidden() {
        var ledger = DescriptorLedger(nextID: 1)
        ledger.observe(ProcessDescriptors(identity: nginx, open: nil), process: 1, at: 0)
        #expect(ledger.takeChanges().isEmpty)
    }

    // MARK: Limits

    @Test("a limit is a row for as long as it has one value, and ends when it is gone")
    func limits() {
        var ledger = LimitLedger(netns: 5, numbering: Numbering())
        let files = KernelLimit(name: "file-max", value: "100")
        ledger.observe([files, KernelLimit(name: "somaxconn", value: "128")], at: second(1))
        ledger.observe([files, KernelLimit(name: "somaxconn", value: "4096")], at: second(2))
        ledger.observe([files], at: second(3))
        var rows: [Int64: LimitRecord] = [:]
        for case .limit(let record) in ledger.takeChanges() { rows[record.id] = record }
        #expect(rows[1]?.netns == nil)
        #expect(rows[1]?.untilMicroseconds == nil)
        #expect((rows[2]?.netns, rows[2]?.limit.value) == (5, "128"))
        #expect(rows[2]?.untilMicroseconds == second(2))
        #expect((rows[3]?.limit.value, rows[3]?.untilMicroseconds) == ("4096", second(3)))
        #expect(rows.count == 3)
    }

    @Test("what the kernel counts for the whole host is a limit of no namespace")
    func hostLimits() {
        var ledger = LimitLedger(netns: 5, numbering: Numbering())
        let ofHost = ["file-max", "nr_open", "tcp_max_orphans", "tcp_mem", "nf_conntrack_max"]
        let ofNamespace = ["ip_local_port_range", "tcp_max_tw_buckets", "somaxconn"]
        ledger.observe(
            (ofHost + ofNamespace).map { KernelLimit(name: $0, value: "1") }, at: second(1))
        var netns: [String: UInt64?] = [:]
        for case .limit(let record) in ledger.takeChanges() {
            netns[record.limit.name] = .some(record.netns)
        }
        #expect(ofHost.allSatisfy { netns[$0] == .some(nil) })
        #expect(ofNamespace.allSatisfy { netns[$0] == 5 })
    }

    // MARK: UDP

    @Test("a UDP socket is a row from its first sight to its last, with its owner")
    func datagrams() {
        var ledger = DatagramLedger(netns: 5, numbering: Numbering())
        let row = DatagramRow(
            cookie: 3,
            tuple: FourTuple(
                local: Endpoint(IPAddress(ipv4: 0), 53), peer: Endpoint(IPAddress(ipv4: 0), 0)),
            uid: 33, inode: 77)
        ledger.observe([row], at: second(1), lastSeen: second(1))
        #expect(ledger.wantedInodes == [77])
        ledger.assign([77: [4]], complete: true)
        #expect(ledger.wantedInodes.isEmpty)
        ledger.observe([], at: second(3), lastSeen: second(2))
        guard case .datagram(let record)? = ledger.takeChanges().last else {
            Issue.record("no row")
            return
        }
        #expect((record.process, record.uid, record.firstSeen) == (4, 33, second(1)))
        #expect(record.lastSeen == second(2))
    }
}
