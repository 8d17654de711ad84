import Model
import Testing

@testable import Recorder

@Suite("Dumps follow what they cost")
struct DumpPaceTests {
    /// A table of one connection and one listening socket whose every dump takes 200 ms.
    private static func slow(_ kernel: FakeKernel) {
        for dump in 0..<100 { kernel.dumpTimes[dump] = 200_000_000 }
    }

    private static let table = [RecorderTests.row(1), RecorderTests.row(80, .listen)]

    private func seconds(_ samples: [SampleRecord]) -> [Int64] {
        guard let first = samples.first?.sampledMicroseconds else { return [] }
        return samples.map { ($0.sampledMicroseconds - first) / 1_000_000 }
    }

    private func reasons(_ changes: [Change], of source: String) -> Set<String> {
        Set(
            changes.compactMap { change in
                guard case .source(let record) = change, record.source == source else { return nil }
                return record.reason
            })
    }

    @Test("without events a sample is a dump, as often as 1 % of the time permits, and says so")
    func withoutEvents() async throws {
        let outcome = try await RecorderTests.record(
            seconds: 50, tables: [Self.table], arrange: Self.slow)
        // Three to learn what they cost, then every 20 s; the last one ends the recording.
        #expect(seconds(outcome.sink.samples) == [0, 1, 2, 22, 42, 50])
        #expect(outcome.sink.samples.allSatisfy { $0.basis == .dump && $0.complete })
        #expect(
            reasons(outcome.sink.all, of: "dumps")
                == ["one every 32 s at the least, within 1 % of the time"])
        let hasGap = outcome.sink.all.contains { if case .gap = $0 { true } else { false } }
        #expect(!hasGap)
    }

    @Test("one dump that the host held up does not keep the next away")
    func heldUp() async throws {
        let outcome = try await RecorderTests.record(seconds: 9) {
            $0.dumpTimes = [4: 900_000_000]
        }
        #expect(seconds(outcome.sink.samples) == Array(0...9))
        #expect(reasons(outcome.sink.all, of: "dumps").isEmpty)
    }

    @Test("with events each tick is a sample, and what they told makes its table")
    func withEvents() async throws {
        let life = Told(cookie: 7, port: 4000).shortLife(at: 5_300, lasts: 3_000)
        let outcome = try await RecorderEventTests.record(
            seconds: 12, tables: [Self.table], kernel: Self.slow, life)
        let samples = outcome.sink.samples
        #expect(seconds(samples) == Array(0...12))
        let dumped = samples.indices.filter { samples[$0].basis == .dump }
        #expect(dumped == [0, 1, 2, 12])
        let states = samples.compactMap { $0.namespaces.first?.states }
        #expect(states.map { $0[.established] } == [1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1])
        #expect(states.allSatisfy { $0[.listen] == 1 })
        #expect(samples.map(\.sockets) == states.map(\.total))
        #expect(samples.allSatisfy { ($0.dumpMicroseconds == nil) == ($0.basis == .ledger) })
    }

    @Test("handshakes that are not complete are unknown between dumps, never 0")
    func handshakes() async throws {
        let outcome = try await RecorderEventTests.record(
            seconds: 5, tables: [Self.table], kernel: Self.slow, [])
        let known = outcome.sink.samples.map { $0.namespaces.first?.states?.known(.synReceived) }
        #expect(known == [0, 0, 0, nil, nil, 0])
    }

    @Test("after a loss of events the next dump comes soon, and ends what was lost")
    func loss() async throws {
        let outcome = try await RecorderEventTests.record(
            seconds: 12, tables: [Self.table], kernel: Self.slow, []
        ) {
            $0.losses = [(Told.start + 6_500_000_000, 3)]
        }
        let samples = outcome.sink.samples
        let dumped = zip(seconds(samples), samples).filter { $1.basis == .dump }.map(\.0)
        #expect(dumped == [0, 1, 2, 7, 12])
    }

    @Test("a period that was asked for is kept, whatever a dump costs")
    func fixed() async throws {
        let outcome = try await RecorderEventTests.record(
            seconds: 12, tables: [Self.table], dumpEvery: 4_000_000_000, kernel: Self.slow, [])
        let samples = outcome.sink.samples
        #expect(samples.indices.filter { samples[$0].basis == .dump } == [0, 4, 8, 12])
        #expect(reasons(outcome.sink.all, of: "dumps").isEmpty)
    }
}
