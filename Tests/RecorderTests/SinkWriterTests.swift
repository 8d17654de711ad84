import Dispatch
import Model
import Synchronization
import Testing

@testable import Recorder

@Suite("Writing waits for the file, and nothing waits for the writing")
struct SinkWriterTests {
    struct Full: Error {}

    /// Takes nothing as often as it is told to. Unchecked: the writer's thread is its only user
    /// until the recording has ended.
    final class StubbornSink: RecordingSink, @unchecked Sendable {
        var refusals = 0
        var tries = 0
        var trouble = SinkTrouble.passing("disk full")
        var written: [Int64] = []
        var end: String?
        /// What the first write waits for.
        let gate: DispatchSemaphore?

        init(refusals: Int = 0, gate: DispatchSemaphore? = nil) {
            self.refusals = refusals
            self.gate = gate
        }

        func begin(_ recording: RecordingRecord) -> NextIdentifiers { NextIdentifiers() }

        func write(_ sample: SampleRecord?, changes: [Change]) throws {
            if tries == 0 { gate?.wait() }
            tries += 1
            if refusals > 0 {
                refusals -= 1
                throw Full()
            }
            if let sample { written.append(sample.id) }
        }

        func end(atMicroseconds: Int64, reason: String) { end = reason }
        var isReleased = false
        func release() { isReleased = true }
        let fileBytes: Int64? = 1
        let logBytes: Int64? = 0
        func trouble(_ error: any Error) -> SinkTrouble { trouble }
    }

    private static func sample(_ number: Int64) -> SampleRecord {
        SampleRecord(id: number, sampledMicroseconds: number, nextConnection: 1)
    }

    private static func writer(
        _ sink: StubbornSink, bound: Int = 1 << 20, grace: Double = 10
    ) -> SinkWriter {
        SinkWriter(sink, clock: FakeClock(), bound: bound, patience: 0.01, grace: grace)
    }

    private static func told(_ events: [SinkWriter.Event]) -> [String] {
        events.map { event in
            switch event {
            case .failing(let reason): "failing: \(reason)"
            case .recovered(let reason, _, let folded):
                "recovered: \(reason), \(folded.connections) folded"
            case .lost(let reason): "lost: \(reason)"
            }
        }
    }

    @Test("what a full disk refused is written later, in order, once, and both are told")
    func full() throws {
        let sink = StubbornSink(refusals: 7)
        let writer = Self.writer(sink)
        for number in 1...20 as ClosedRange<Int64> {
            try writer.write(Self.sample(number), changes: [])
        }
        try writer.end(atMicroseconds: 21, reason: "stopped")
        #expect(sink.written == Array(1...20))
        #expect(sink.end == "stopped")
        #expect(
            Self.told(writer.report().events) == [
                "failing: disk full", "recovered: disk full, 0 folded",
            ])
    }

    @Test("a write that hangs holds up nobody")
    func slow() throws {
        let gate = DispatchSemaphore(value: 0)
        let sink = StubbornSink(gate: gate)
        let writer = Self.writer(sink)
        // The gate opens only after these calls have returned.
        for number in 1...100 as ClosedRange<Int64> {
            try writer.write(Self.sample(number), changes: [])
        }
        #expect(writer.report().backlogOctets > 0)
        gate.signal()
        try writer.end(atMicroseconds: 101, reason: "stopped")
        #expect(sink.written == Array(1...100))
        #expect(writer.report().backlogOctets == 0)
    }

    @Test("an end that cannot be written is an error after a grace, and not before")
    func endless() throws {
        let sink = StubbornSink(refusals: .max)
        let writer = Self.writer(sink, grace: 0.2)
        try writer.write(Self.sample(1), changes: [])
        #expect(throws: Full.self) { try writer.end(atMicroseconds: 2, reason: "stopped") }
        #expect(sink.tries > 1)
        #expect(writer.waitingSamples <= 1)
    }

    @Test("a defect ends the recording with its error")
    func defect() throws {
        let sink = StubbornSink(refusals: 1)
        sink.trouble = .final
        let writer = Self.writer(sink)
        try writer.write(Self.sample(1), changes: [])
        #expect(throws: Full.self) { try writer.end(atMicroseconds: 2, reason: "stopped") }
        #expect(throws: Full.self) { try writer.write(Self.sample(2), changes: []) }
        #expect(sink.tries == 1)
    }

    @Test("a file that takes nothing for too long is given up, and memory with it")
    func overrun() throws {
        let sink = StubbornSink(refusals: .max)
        let writer = Self.writer(sink, bound: 1)
        for number in 1...3 as ClosedRange<Int64> {
            try writer.write(Self.sample(number), changes: [])
        }
        #expect(Self.told(writer.report().events).contains { $0.hasPrefix("lost: ") })
        #expect(writer.report().backlogOctets == 0)
        // Another recording may begin in the same file.
        while !writer.abandon(atMicroseconds: 4, reason: "slow disk") {}
        #expect(sink.isReleased)
    }
}
