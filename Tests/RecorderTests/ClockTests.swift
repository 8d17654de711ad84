import Model
import Testing

@testable import Recorder

/// The boot clock goes on whatever happens to the wall clock.
@Suite("A recorder whose clocks are troubled")
struct ClockTests {
    private static let second: Int64 = 1_000_000
    private static let nanoseconds: Int64 = 1_000_000_000

    private func steps(_ outcome: RecorderTests.Outcome) -> [ClockStepRecord] {
        outcome.sink.all.compactMap { if case .clockStep(let step) = $0 { step } else { nil } }
    }

    private func expectEven(_ outcome: RecorderTests.Outcome) {
        let times = outcome.sink.samples.map(\.sampledMicroseconds)
        #expect(zip(times, times.dropFirst()).allSatisfy { $1 - $0 == Self.second })
    }

    @Test("begins at 1970 where the host has no clock, and records the leap to today")
    func noClock() async throws {
        let today: Int64 = 1_795_392_000 * Self.nanoseconds
        let clock = FakeClock(wall: 20 * Self.nanoseconds, wallSteps: [3: today])
        let outcome = try await RecorderTests.record(clock: clock)
        #expect(outcome.sink.recording?.startedMicroseconds == 20 * Self.second)
        #expect(outcome.sink.samples.first?.sampledMicroseconds == 20 * Self.second)
        expectEven(outcome)
        #expect(
            steps(outcome) == [
                ClockStepRecord(
                    atMicroseconds: 23 * Self.second, offsetMicroseconds: today / 1000,
                    totalMicroseconds: today / 1000)
            ])
    }

    @Test("records leaps of a day, back and on, and loses neither order nor durations")
    func day() async throws {
        let day = 86_400 * Self.nanoseconds
        let clock = FakeClock(wallSteps: [1: day, 3: -2 * day, 4: day])
        let outcome = try await RecorderTests.record(clock: clock)
        expectEven(outcome)
        #expect(steps(outcome).map { $0.offsetMicroseconds / 1000 / 86_400_000 } == [1, -2, 1])
        #expect(steps(outcome).last?.totalMicroseconds == 0)
    }

    @Test("goes on where the file's last recording ended, if the wall clock is behind it")
    func behind() async throws {
        let end: Int64 = 1_795_392_000 * Self.second
        let today = end * 1000 + 3600 * Self.nanoseconds
        let clock = FakeClock(wall: 20 * Self.nanoseconds, wallSteps: [2: today])
        let outcome = try await RecorderTests.record(clock: clock, axisStart: end)
        #expect(outcome.sink.samples.first?.sampledMicroseconds == end)
        expectEven(outcome)
        // The file knows that the clock began behind; the recorder adds to that.
        #expect(steps(outcome).map(\.atMicroseconds) == [end + 2 * Self.second])
        let total = steps(outcome).last?.totalMicroseconds
        // 20 s after 1970 and an hour after the end: what the clock shows less the axis.
        #expect(total == 20 * Self.second + today / 1000 - end)
        #expect(outcome.notices.texts.contains { $0.contains("behind the last recording") })
    }

    @Test("tells a sleep and a step apart where both come at once")
    func both() async throws {
        let clock = FakeClock(
            wallSteps: [2: -3600 * Self.nanoseconds], suspends: [2: 30 * Self.nanoseconds])
        let outcome = try await RecorderTests.record(seconds: 40, clock: clock)
        #expect(steps(outcome).map(\.offsetMicroseconds) == [-3600 * Self.second])
        let gaps = outcome.sink.all.compactMap { change in
            if case .gap(let gap) = change { gap } else { nil }
        }
        #expect(gaps.map(\.reason) == ["suspended"])
        #expect(gaps.allSatisfy { $0.untilMicroseconds - $0.fromMicroseconds > 29 * Self.second })
    }
}
