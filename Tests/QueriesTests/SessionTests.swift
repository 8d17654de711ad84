import Model
import Queries
import Testing

@Suite("How a recording is read")
struct SessionTests {
    private static let endless = """
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n
        """

    @Test func `A question that is not wanted any more ends at once`() async throws {
        let night = try Night()
        let cancellation = Cancellation()
        let reader = try Reader(path: night.path, cancellation: cancellation)
        let clock = Task.detached {
            try await Task.sleep(for: .milliseconds(100))
            cancellation.cancel(.timeout)
        }
        let error = #expect(throws: QueryError.self) {
            try reader.read { session in _ = try session.rows(of: Self.endless).next() }
        }
        #expect(error?.kind == .timeout)
        try await clock.value
    }

    @Test func `What a scan reads with writes nowhere for a person's SQL`() throws {
        let night = try Night()
        try Reader(path: night.path).read { session in
            let row = try session.rows(
                of: "SELECT row_numbers(), row_numbers(1, 2), row_numbers(x'00', 3)"
            ).next()
            #expect(row == [.null, .null, .null])
        }
    }

    @Test func `A moment is told by the wall clock, also after a step`() throws {
        // Ten seconds forward at 60 s.
        let night = try Night(steps: [(60, 10_000_000)])
        let rows = try night.rows(ConnectionsQuery(night.whole).question)
        #expect(rows.last?.first == .integer(RecordedNight.at(110)))
        #expect(rows[1][0] == .integer(RecordedNight.at(10.2)))
        try Reader(path: night.path).read { session in
            let timeline = session.timeline
            #expect(timeline.axis(RecordedNight.at(30)) == RecordedNight.at(30))
            #expect(timeline.axis(RecordedNight.at(110)) == RecordedNight.at(100))
            // A time that the clock skipped is the moment of the skip.
            #expect(timeline.axis(RecordedNight.at(65)) == RecordedNight.at(60))
        }
    }

    @Test func `A time that a clock showed twice is its later occurrence`() throws {
        let night = try Night(steps: [(60, -10_000_000)])
        try Reader(path: night.path).read { session in
            #expect(session.timeline.axis(RecordedNight.at(55)) == RecordedNight.at(65))
            #expect(session.timeline.axis(RecordedNight.at(45)) == RecordedNight.at(45))
        }
    }

    @Test func `A recording that goes on can be read`() throws {
        let night = try Night(ending: false)
        let rows = try night.rows(RecordingsQuery.question)
        #expect(rows.count == 1)
        #expect(rows[0][2] == .integer(RecordedNight.end))
        #expect(rows[0][3] == .null)
    }

    @Test func `The table at a moment is the last sample's at or before it`() throws {
        let night = try Night()
        // Samples stop at 90 s and go on at 95 s.
        let sample = try night.rows(SocketTableQuery.sample(before: RecordedNight.at(93.5)))
        #expect(sample[0][1] == .integer(RecordedNight.at(90)))
    }

    @Test func `A row whose bounds straddle the moment is marked`() throws {
        let night = try Night()
        // The third connection was closed somewhere within 45 s and 46 s.
        let moment = RecordedNight.at(45.5)
        let sample = try #require(RecordedNight.sample(45))
        let rows = try night.rows(
            SocketTableQuery(sample: sample, moment: moment, filter: .all).question)
        let marks = rows.filter { $0[0] == .text("~") }
        #expect(marks.map { $0[3] } == [.text("203.0.113.5:443")])
        #expect(rows.count == 3)
    }

    @Test func `A filter keeps its values apart from its words`() throws {
        let clause = Clause(
            positional: "comm = ? OR local_port IN (?, ?)",
            arguments: [.text("x' OR 1 --"), .integer(1), .integer(2)])
        #expect(clause.sql == "comm = :wanted_0_ OR local_port IN (:wanted_1_, :wanted_2_)")
        let night = try Night()
        var scope = night.whole
        scope.filter = clause
        #expect(try night.rows(ConnectionsQuery(scope).question).isEmpty)
    }
}
