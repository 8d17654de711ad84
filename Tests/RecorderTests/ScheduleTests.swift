import Recorder
import Testing

@Suite("The schedule")
struct ScheduleTests {
    @Test(
        "goes on at the next whole interval",
        arguments: [
            (now: Int64(1_000), due: Int64(1_100), skipped: Int64(0)),
            (now: 1_099, due: 1_100, skipped: 0),
            (now: 1_100, due: 1_200, skipped: 1),
            (now: 1_450, due: 1_500, skipped: 4),
        ])
    func advances(now: Int64, due: Int64, skipped: Int64) {
        var schedule = Schedule(start: 1_000, interval: 100)
        #expect(schedule.advance(after: now) == skipped)
        #expect(schedule.due == due)
        #expect(schedule.skipped == skipped)
    }
}
