import Model
import Queries
import Testing

/// What `--sql` prints.
@Suite("The SQL of a question")
struct QuestionTextTests {
    /// Every question that a report or a listing asks, by what asks it.
    private static func questions(_ scope: Scope) -> [(name: String, question: Question)] {
        // Of samples no end is known.
        let samples = Scope(scope.range, top: scope.top)
        return [
            ("summary", SummaryQuery(Scope(scope.range)).question),
            ("peers", PeersQuery(scope).question),
            ("churn", ChurnQuery(scope, seconds: 30).question),
            ("churn --by flow", FlowsQuery(scope, by: .flow).question),
            ("long", LongQuery(scope).question),
            ("limits", LimitsQuery(samples).question),
            ("states", StatesQuery(samples).question),
            (
                "states --bucket",
                StatesOverTimeQuery(samples, bucketMicroseconds: 7_000_000).question
            ),
            ("time-wait by peer", TimeWaitQuery(scope, by: .peer).question),
            ("time-wait by process", TimeWaitQuery(scope, by: .process).question),
            ("time-wait by port", TimeWaitQuery(scope, by: .port).question),
            ("lifetimes", LifetimesQuery(scope, by: .process, tellsWaits: true).question),
            ("fds", DescriptorsQuery(Scope(scope.range, top: scope.top)).question),
            ("processes", ProcessesQuery(scope).question),
            ("listeners", ListenersQuery(scope).question),
            ("coverage", CoverageQuery(scope).question),
            ("connections", ConnectionsQuery(scope).question),
            (
                "at",
                SocketTableQuery(sample: 75, moment: scope.range.until, filter: scope.filter)
                    .question
            ),
        ]
    }

    @Test func `gives the same rows when it is run by itself`() throws {
        let night = try Night()
        let filter = Clause(
            positional: "(role = ? OR comm = ?)", arguments: [.text("server"), .text("it's :top")])
        for scope in [
            Scope(night.whole.range, top: 3), Scope(night.whole.range, filter: filter, top: 20),
        ] {
            for (name, question) in Self.questions(scope) {
                try Reader(path: night.path).read { session in
                    let asked = try session.all(question)
                    var free: [[Cell]] = []
                    let cursor = try session.rows(of: question.text)
                    while let row = try cursor.next() { free.append(row) }
                    #expect(free == asked, "\(name)")
                    #expect(!asked.isEmpty, "\(name)")
                }
            }
        }
    }

    @Test func `writes values as SQL does, and leaves quoted text and remarks alone`() {
        let question = Question(
            """
            SELECT ':a', :a, :ab, :b -- :a
            FROM x WHERE y = :c AND z = :d
            """,
            arguments: [
                "a": .integer(-1), "ab": .text("it's"), "b": .null, "c": .real(0.5),
                "d": .blob([0, 255]),
            ], columns: [])
        #expect(
            question.text == """
                SELECT ':a', -1, 'it''s', NULL -- :a
                FROM x WHERE y = 0.5 AND z = x'00ff';

                """)
    }
}
