import Foundation
import Model
import Store
import Testing

/// A wall clock that stepped while the recording went on. Seconds are those of `RecordedNight`,
/// which begins at 03:00:00 UTC on 23 November 2026.
@Suite("Reports on a recording whose wall clock stepped")
struct SteppedClockTests {
    private static let hour: Int64 = 3_600_000_000
    private let folder: Folder

    init() throws { folder = try Folder() }

    private func night(steps: [(Double, Int64)]) throws -> String {
        let path = folder.file("night.sqlite")
        try RecordedNight.record(into: path, steps: steps)
        return path
    }

    /// The number of the sample that `at` shows.
    private func sample(_ time: String, _ path: String, zone: String = "UTC") throws -> Int? {
        let outcome = try Command.socktape("at", time, db: path, environment: ["TZ": zone])
        #expect(outcome.code == 0, "\(time): \(outcome.complaint)")
        return outcome.complaint.firstMatch(of: #/sample (\d+) of/#).flatMap { Int($0.1) }
    }

    private func lines(_ path: String, _ words: String...) throws -> [Substring] {
        let outcome = try Command.socktape(words: words + ["--format", "csv"], db: path)
        #expect(outcome.code == 0, "\(words): \(outcome.complaint)")
        return outcome.output.split(whereSeparator: \.isNewline).dropFirst().map { $0 }
    }

    @Test(
        "Back by three hours: all of it is reported, and each time that the clock showed is found")
    func back() throws {
        let path = try night(steps: [(60, -3 * Self.hour)])
        #expect(try lines(path, "connections").count == 6)
        #expect(try lines(path, "connections", "--since", "start").count == 6)
        // 03:00:30 was before the step; 00:01:30 is 90 s after the start.
        #expect(try sample("03:00:30", path) == 31)
        #expect(try sample("00:01:30", path) == 91)
        #expect(try sample("start+10s", path) == 11)
        #expect(try sample("end", path) == 117)
        // 65 s after the start, as the clock of either night showed it.
        let plain = folder.file("plain.sqlite")
        try RecordedNight.record(into: plain)
        let later = try lines(plain, "connections", "--since", "03:01:05").count
        #expect(later > 0 && later < 6)
        #expect(try lines(path, "connections", "--since", "00:01:05").count == later)
    }

    @Test("Back by half a minute: a time that the clock showed twice is the later one")
    func twice() throws {
        let path = try night(steps: [(60, -30_000_000)])
        #expect(try sample("03:00:45", path) == 76)
        #expect(try sample("03:00:20", path) == 21)
        #expect(try lines(path, "connections").count == 6)
    }

    @Test("On by a day: each time is found on the day on which the clock showed it")
    func day() throws {
        let path = try night(steps: [(60, 24 * Self.hour)])
        #expect(try sample("03:00:30", path) == 31)
        #expect(try sample("03:01:30", path) == 91)
        #expect(try sample("2026-11-24 03:01:30", path) == 91)
        #expect(try lines(path, "connections").count == 6)
    }

    @Test("Samples, states and lives stay in their order")
    func order() throws {
        let path = try night(steps: [(30, -Self.hour), (60, 5 * Self.hour), (90, -24 * Self.hour)])
        let times = try lines(path, "sql", "SELECT sampled_us FROM samples ORDER BY sample_id")
            .compactMap { Int64($0) }
        #expect(times == times.sorted())
        // As without a step: 10 s exactly, whatever the clock did.
        #expect(
            try lines(path, "sql", "SELECT lifetime_s FROM lifetimes WHERE connection_id = 2")
                == ["10.0"])
    }

    /// A host without a clock of its own: it begins at 1970 and is set half a minute later.
    private func boot(into path: String, set: Int64) throws {
        let store = try RecordingStore(path: path)
        let started: Int64 = 20_000_000
        let next = try store.begin(
            RecordingRecord(
                uuid: "boot-\(set)", host: "pi", bootID: "boot-\(set)", kernel: "6.18",
                version: "0.1.0", intervalMicroseconds: 1_000_000, startedMicroseconds: started))
        let axis = next.axisStart ?? started
        for second in Int64(0)...60 {
            var sample = SampleRecord(
                id: next.sample + second, sampledMicroseconds: axis + second * 1_000_000,
                nextConnection: next.connection)
            sample.namespaces = [NamespaceSample(netns: 1)]
            let offset = set - started - 30_000_000
            let step = ClockStepRecord(
                atMicroseconds: axis + 30_000_000, offsetMicroseconds: offset,
                totalMicroseconds: started - axis + offset)
            try store.write(sample, changes: second == 30 ? [.clockStep(step)] : [])
        }
        try store.end(atMicroseconds: axis + 60_000_000, reason: "stopped")
    }

    @Test("From 1970 to today: the recording is found by today's times")
    func noClock() throws {
        let path = folder.file("pi.sqlite")
        try boot(into: path, set: RecordedNight.start)
        #expect(try sample("03:00:10", path) == 41)
        #expect(try sample("start+10s", path) == 11)
        let texts = try lines(
            path, "sql", "SELECT sampled_at FROM samples WHERE sample_id IN (1, 41)")
        #expect(texts == ["1970-01-01T00:00:20.000000Z", "2026-11-23T03:00:10.000000Z"])
    }

    @Test("From 1970 to today, in a file with earlier recordings: all stay in their order")
    func noClockLater() throws {
        let path = folder.file("pi.sqlite")
        try RecordedNight.record(into: path)
        // Two hours later the host starts anew, at 1970.
        try boot(into: path, set: RecordedNight.start + 2 * Self.hour)
        #expect(
            try lines(path, "sql", "SELECT recording_id FROM recordings ORDER BY started_us")
                == ["1", "2"])
        // The latest recording is the latest, and yesterday's is found too.
        #expect(try sample("05:00:10", path) == 117 + 41)
        #expect(try sample("2026-11-23T03:00:30Z", path) == 31)
        #expect(
            try lines(path, "connections", "--since", "2026-11-23T03:00:00Z").count == 6)
        #expect(
            try lines(path, "sql", "SELECT started_at FROM recordings")
                == ["2026-11-23T03:00:00.000000Z", "1970-01-01T00:00:20.000000Z"])
    }

    @Test("An hour that the reader's clocks show twice is told apart by its zone")
    func summerTime() throws {
        // In Berlin 02:00 to 03:00 came twice on 25 October 2026; 01:00 UTC is in between.
        let path = folder.file("october.sqlite")
        let store = try RecordingStore(path: path)
        let started: Int64 = 1_792_886_400_000_000
        _ = try store.begin(
            RecordingRecord(
                uuid: "october", host: "h", bootID: "b", kernel: "6.18", version: "0.1.0",
                intervalMicroseconds: 60_000_000, startedMicroseconds: started))
        for minute in Int64(0)...120 {
            var sample = SampleRecord(
                id: minute + 1, sampledMicroseconds: started + minute * 60_000_000,
                nextConnection: 1)
            sample.namespaces = [NamespaceSample(netns: 1)]
            try store.write(sample, changes: [])
        }
        try store.end(atMicroseconds: started + 2 * Self.hour, reason: "stopped")
        let zone = "Europe/Berlin"
        let refused = try Command.socktape("at", "02:30", db: path, environment: ["TZ": zone])
        #expect(refused.code == 64)
        #expect(
            refused.complaint.contains("2026-10-25T02:30:00+02:00 or 2026-10-25T02:30:00+01:00"))
        #expect(try sample("2026-10-25T02:30:00+02:00", path, zone: zone) == 31)
        #expect(try sample("2026-10-25T02:30:00+01:00", path, zone: zone) == 91)
        #expect(try sample("03:00", path, zone: zone) == 121)
    }
}
