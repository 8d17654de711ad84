import Ledger
import Model
import Testing

@Suite("Two network namespaces")
struct NamespaceTests {
    /// Two ledgers of one recording, fed as a recorder feeds them.
    private struct Host {
        var ledgers: [UInt64: ConnectionLedger]
        private(set) var records: [Int64: ConnectionRecord] = [:]

        init(_ namespaces: UInt64...) {
            let numbering = Numbering()
            ledgers = [:]
            for netns in namespaces {
                var ledger = ConnectionLedger(netns: netns, numbering: numbering)
                ledger.hear(.full, timers: true, from: 0)
                ledgers[netns] = ledger
            }
        }

        mutating func tells(
            _ from: TCPState, _ to: TCPState, _ flow: Flow, in netns: UInt64, at moment: Int64
        ) {
            var event = KernelEvent(
                bootNanoseconds: moment * 1_000, kind: .state(from: from, to: to),
                cookie: flow.cookie, netns: netns, tuple: flow.tuple, uid: 1000)
            if to == .close { event.final = Story.final() }
            ledgers[netns]?.observe(event, at: moment, process: nil)
        }

        mutating func sample(_ id: Int64, at moment: Int64, _ rows: [UInt64: [SocketRow]]) {
            let window = Window(earliest: moment, latest: moment + 1_000)
            for netns in ledgers.keys.sorted() {
                ledgers[netns]?.beginSample(id)
                ledgers[netns]?.observe(rows[netns] ?? [], in: window)
                for absentee in ledgers[netns]?.endDump(window, complete: true) ?? [] {
                    ledgers[netns]?.settle(absentee, .gone, at: window)
                }
                for change in ledgers[netns]?.endSample().changes ?? [] {
                    switch change {
                    case .alive(let record), .ended(let record): records[record.id] = record
                    default: break
                    }
                }
            }
        }
    }

    @Test("with equal 4-tuples hold two connections, whose ends do not meet")
    func equalTuples() throws {
        var host = Host(7, 8)
        let (one, other) = (Flow(1), Flow(2))
        host.sample(1, at: 0, [:])
        host.tells(.synSent, .established, one, in: 7, at: 100_000)
        host.tells(.synSent, .established, other, in: 8, at: 200_000)
        host.sample(2, at: 1_000_000, [7: [one.estab], 8: [other.estab]])
        host.tells(.established, .closeWait, one, in: 7, at: 1_500_000)
        host.tells(.closeWait, .lastAck, one, in: 7, at: 1_500_100)
        host.tells(.lastAck, .close, one, in: 7, at: 1_500_200)
        host.sample(3, at: 2_000_000, [8: [other.estab]])

        #expect(host.records.count == 2)
        let here = try #require(host.records.values.first { $0.netns == 7 })
        let there = try #require(host.records.values.first { $0.netns == 8 })
        #expect(here.tuple == there.tuple)
        #expect(here.opened == Bounds(exactly: 100_000))
        #expect(here.closed == Bounds(exactly: 1_500_200))
        #expect(there.opened == Bounds(exactly: 200_000))
        #expect(there.closed == .unknown)
        #expect(there.state == .established)
        #expect(host.ledgers.values.allSatisfy { $0.drift == 0 && $0.lateEvents == 0 })
    }
}
