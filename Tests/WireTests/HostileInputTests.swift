import Model
import Testing
import Wire

@Suite("Octets that no kernel would send")
struct HostileInputTests {
    /// A generator whose seed a failing test can name.
    struct Seeded: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ state >> 29
        }
    }

    /// Feeds everything; the number of TCP rows, which bounds the work done.
    @discardableResult
    func feed(_ bytes: [UInt8], port: UInt32 = 0) -> Int {
        var rows: [SocketRow] = []
        var datagrams: [DatagramRow] = []
        let decoder = DiagDecoder(sequence: 7, port: port)
        _ = decoder.sockets(in: bytes.span.bytes, into: &rows)
        _ = decoder.datagrams(in: bytes.span.bytes, into: &datagrams)
        feedParsers(bytes)
        return rows.count
    }

    private func feedParsers(_ bytes: [UInt8]) {
        var rows: [SocketRow] = []
        for family in [AddressFamily.ipv4, .ipv6] {
            var table = ProcSocketTable(family)
            let used = table.sockets(in: bytes.span.bytes, into: &rows)
            #expect(used <= bytes.count)
        }
        _ = KernelCounters(snmp: bytes, netstat: bytes)
        _ = SocketStatistics(sockstat: bytes, sockstat6: bytes)
        _ = FileHandleCounts(fileNr: bytes)
        _ = ProcessStat(bytes)
        _ = ProcessLimits(bytes)
        _ = ProcessStatus(bytes)
        _ = ProcessCgroup(bytes)
        _ = FileLocks.flockHolder(of: 1, major: 0, minor: 1, in: bytes)
        _ = SocketLink.inode(bytes.span.bytes)
        _ = NetlinkSocketList.drops(of: 1, in: bytes)
        _ = ProcessPrivileges(status: bytes)
        for start in stride(from: 0, to: bytes.count, by: EventRecord.octets) {
            let record = Array(bytes[start..<min(start + EventRecord.octets, bytes.count)])
            let event = KernelEvent(record: record.span.bytes, jiffyMicroseconds: .max)
            #expect(event == nil || record.count == EventRecord.octets)
        }
        var closed: [SocketRow] = []
        _ = DestroyDecoder().sockets(in: bytes.span.bytes, into: &closed)
        #expect(closed.count <= bytes.count / 88)
        var directory = DirectoryCursor()
        var entries = 0
        while directory.next(in: bytes.span.bytes) != nil { entries += 1 }
        #expect(entries <= bytes.count / 19)
    }

    @Test("end every decoder without a trap, at any cut", arguments: Capture.tcp)
    func cuts(capture: Capture) {
        for length in 0...capture.bytes.count {
            #expect(feed(Array(capture.bytes[..<length]), port: capture.port) <= 1)
        }
    }

    @Test("end every decoder without a trap, at random", arguments: 0..<40 as Range<UInt64>)
    func random(seed: UInt64) {
        var generator = Seeded(state: seed)
        for _ in 0..<50 {
            let count = Int.random(in: 0...600, using: &generator)
            feed((0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) })
        }
    }

    @Test("end every decoder without a trap, close to real ones", arguments: Capture.tcp)
    func mutations(capture: Capture) {
        var generator = Seeded(state: UInt64(capture.bytes.count))
        let whole = capture.bytes + capture.bytes + Capture.done.bytes
        for _ in 0..<500 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...8, using: &generator) {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                bytes[place] = UInt8.random(in: 0...255, using: &generator)
            }
            #expect(feed(bytes, port: capture.port) <= bytes.count / 88)
        }
    }
}
