import Ledger
import Model
import Testing

@Suite("A busy table")
struct BusyTableTests {
    private func row(_ number: Int, sample: Int64) -> SocketRow {
        let tuple = FourTuple(
            local: Endpoint(IPAddress(ipv4: 0x7f00_0001), 80),
            peer: Endpoint(
                IPAddress(ipv4: 0x7f00_0002 + UInt32(number / 50_000)),
                UInt16(1000 + number % 50_000)))
        var row = SocketRow(cookie: UInt64(number + 1), tuple: tuple, state: .established)
        row.sendQueue = UInt32(sample)
        if sample == 4 { row.state = .closeWait }
        return row
    }

    /// It copied all records for each socket that changed: minutes for this table.
    @Test("costs by the sockets that changed, not by their number times the table's")
    func linear() {
        var ledger = ConnectionLedger(netns: 1, next: NextIdentifiers())
        let clock = ContinuousClock()
        let started = clock.now
        for sample in 1...4 as ClosedRange<Int64> {
            ledger.beginSample(sample)
            let window = Window(earliest: sample * 1_000_000, latest: sample * 1_000_000 + 1000)
            // In pieces, so that a slow ledger fails and does not hang.
            for start in stride(from: 0, to: 20_000, by: 200)
            where clock.now - started < .seconds(40) {
                ledger.observe(
                    (start..<start + 200).map { row($0, sample: sample) }, in: window)
            }
            _ = ledger.endDump(window, complete: true)
            _ = ledger.endSample()
        }
        #expect(clock.now - started < .seconds(20))
    }
}
