import Model
import Queries
import Testing

@Suite("What rules ask is the same, counted or asked of the views")
struct FindingsQueryTests {
    private static var night: TroubledNight {
        var night = TroubledNight()
        night.limits["ip_local_port_range"] = "40000 40099"
        night.limits["ip_local_reserved_ports"] = "40007,40090-40200"
        for index in 0..<90 {
            let start = Double(index * 5)
            let closer: Closer = index.isMultiple(of: 3) ? .local : .peer
            night.connections.append(
                TroubledNight.call(
                    port: 40_000 + UInt16(index), from: start, until: start + 80.5,
                    closedBy: closer))
        }
        for index in 0..<40 {
            let closer: Closer = index.isMultiple(of: 2) ? .local : .peer
            let life = TroubledNight.serve(
                peerPort: 41_000 + UInt16(index), from: 5, until: 40 + Double(index * 7),
                closedBy: closer)
            night.connections.append(index.isMultiple(of: 4) ? TroubledNight.reset(life) : life)
        }
        let kinds: [CloseKind] = [
            .refused, .refused, .refused, .refused, .notSent, .notSent, .connectTimeout,
            .connectTimeout, .unreachable,
        ]
        for (index, kind) in kinds.enumerated() {
            night.connections.append(
                TroubledNight.failed(
                    kind, port: kind == .refused ? 42_000 : 0, at: Double(151 + index * 20)))
        }
        night.connections += [
            TroubledNight.lingering(.closeWait, peerPort: 43_000, from: 100),
            TroubledNight.lingering(.closeWait, peerPort: 43_001, from: 200, until: 400),
            TroubledNight.lingering(.finWait2, peerPort: 43_002, from: 200),
        ]
        return night
    }

    @Test func `Every question gives the same rows by its SQL alone`() throws {
        let file = try TemporaryFile()
        try Self.night.record(into: file.path)
        for (since, until) in [(0.0, 600.0), (95, 330)] {
            let scope = Scope(
                AxisRange(since: TroubledNight.at(since), until: TroubledNight.at(until)))
            try Reader(path: file.path).read { session in
                for (name, question) in try Self.questions(session, scope) {
                    let counted = try session.all(question)
                    var asked: [[Cell]] = []
                    let cursor = try session.rows(of: question.text)
                    while let row = try cursor.next() { asked.append(row) }
                    #expect(counted == asked, "\(name)")
                    #expect(!counted.isEmpty, "\(name)")
                    #expect(cursor.columns.map(\.name) == question.columns.map(\.name), "\(name)")
                }
            }
        }
    }

    private static func questions(
        _ session: Session, _ scope: Scope
    ) throws -> [(String, Question)] {
        let survey = try session.tally(
            try ConnectionSurvey(session, scope.range, short: 100))
        return [
            ("ports", try PortUseQuery(session, scope, survey, share: 0.2).question),
            ("resets", ResetStormQuery(scope, survey, resets: 1, share: 0).question),
            ("failed", FailedConnectsQuery(scope, survey, failed: 1).question),
            (
                "short", ShortLivesQuery(scope, survey, short: 100, opened: 1, share: 0.1).question
            ),
            ("closes first", ClosesFirstQuery(scope, survey, waits: 1, share: 0).question),
            ("close wait", LingeringQuery(scope, in: .closeWait, age: 20).question),
            ("fin wait", LingeringQuery(scope, in: .finWait2, age: 20).question),
            ("time wait", TimeWaitLimitQuery(scope).question),
            ("listen", ListenOverflowQuery(scope).question),
            ("half open", HalfOpenQuery(scope, number: 1).question),
            ("limits", LimitCourseQuery(scope).question),
        ]
    }

    @Test func `Ports in use are counted when they were most`() throws {
        let file = try TemporaryFile()
        try Self.night.record(into: file.path)
        let scope = Scope(AxisRange(since: TroubledNight.start, until: TroubledNight.end))
        try Reader(path: file.path).read { session in
            let survey = try session.tally(
                try ConnectionSurvey(session, scope.range, short: 1))
            let query = try PortUseQuery(session, scope, survey, share: 0.2)
            let row = try #require(try session.all(query.question).first)
            // 100 less 40007 and 40090 to 40099.
            #expect(row[5] == 89)
            // One opens every 5 s and lives 80.5 s: 17, from 80 s on. One in three waits 60.5 s
            // more, one every 15 s: 4, and 5 for half a second. 40007 is reserved.
            #expect(row[6] == 17)
            #expect(row[7] == 5 || row[7] == 4)
        }
    }
}
