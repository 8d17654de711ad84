import Ledger
import Model
import Testing

@Suite("A busy table")
struct BusyTableTests {
    private static let changed = 100

    private func row(_ number: Int, queue: UInt32) -> SocketRow {
        let tuple = FourTuple(
            local: Endpoint(IPAddress(ipv4: 0x7f00_0001), 80),
            peer: Endpoint(IPAddress(ipv4: 0x7f00_0002), UInt16(1000 + number)))
        var row = SocketRow(cookie: UInt64(number + 1), tuple: tuple, state: .established)
        row.sendQueue = queue
        return row
    }

    /// The least time, of several, that the same few changes take in a table of this size.
    private func leastTime(ofChangesIn size: Int) -> Duration {
        var ledger = ConnectionLedger(netns: 1, numbering: Numbering())
        let clock = ContinuousClock()
        var least = Duration.seconds(3600)
        for sample in 1...6 as ClosedRange<Int64> {
            ledger.beginSample(sample)
            let window = Window(earliest: sample * 1_000_000, latest: sample * 1_000_000 + 1000)
            ledger.observe((Self.changed..<size).map { row($0, queue: 0) }, in: window)
            let busy = (0..<Self.changed).map { row($0, queue: UInt32(sample)) }
            let took = clock.measure { ledger.observe(busy, in: window) }
            if sample > 1 { least = min(least, took) }
            _ = ledger.endDump(window, complete: true)
            _ = ledger.endSample()
        }
        return least
    }

    /// All records were once copied for each socket that changed.
    @Test("costs by the sockets that changed, not by their number times the table's")
    func linear() {
        let small = leastTime(ofChangesIn: 1_000)
        let large = leastTime(ofChangesIn: 50_000)
        #expect(large < small * 12, "\(small) in 1,000 sockets, \(large) in 50,000")
    }
}
