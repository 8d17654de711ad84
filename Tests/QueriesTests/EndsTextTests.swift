import Model
import Queries
import Testing

/// What `--sql` prints of reports that count beforehand.
@Suite("The SQL of a report about states and ends")
struct EndsTextTests {
    private static func questions(_ scope: Scope) -> [(name: String, question: Question)] {
        let lingering: [TCPState] = [.finWait1, .finWait2, .closing, .lastAck]
        var all: [(name: String, question: Question)] = [
            ("ports", PortsQuery(scope).question),
            ("ports --bucket", PortsQuery(scope, bucketMicroseconds: 500_000_000).question),
            (
                "ports --bucket --by process",
                PortsQuery(scope, by: .process, bucketMicroseconds: 900_000_000).question
            ),
            (
                "orphans --bucket",
                StaysQuery(
                    scope, states: lingering, by: .state, bucketMicroseconds: 500_000_000
                ).question
            ),
            ("orphans", StaysQuery(scope, states: lingering, by: .state).question),
            (
                "handshakes --bucket",
                HandshakesQuery(scope, by: nil, bucketMicroseconds: 70_000_000).question
            ),
            (
                "closers --bucket --by role",
                ClosersQuery(scope, by: .role, bucketMicroseconds: 70_000_000).question
            ),
        ]
        for by in Grouping.allCases {
            all += [
                ("handshakes by \(by)", HandshakesQuery(scope, by: by).question),
                ("closers by \(by)", ClosersQuery(scope, by: by).question),
            ]
            // A stay does not tell who closed.
            guard by != .closer else { continue }
            all += [
                ("ports by \(by)", PortsQuery(scope, by: by).question),
                (
                    "close-wait by \(by)",
                    StaysQuery(scope, states: [.closeWait], by: .by(by)).question
                ),
                ("orphans by \(by)", StaysQuery(scope, states: lingering, by: .by(by)).question),
            ]
        }
        return all
    }

    private static let filters: [Clause] = [
        .all, Clause(positional: "role = ?", arguments: [.text("client")]),
        Clause(
            positional: "(comm = ? OR peer_port = ? AND local_port > ?)",
            arguments: [.text("web"), .integer(443), .integer(40_001)]),
    ]

    @Test("gives the same rows when it is run by itself", arguments: [true, false])
    func same(ended: Bool) throws {
        let file = try EndsFile(ending: ended)
        // To prepare SQL over the views takes longer than to run it here.
        let ranges = ended ? [(0.0, 2400.0), (300.05, 640.0002), (1200, 2000)] : [(1200, 2400)]
        for (index, (since, until)) in ranges.enumerated() {
            var scope = EndsFile.scope(since, until, top: index == 0 ? 2 : nil)
            scope.filter = Self.filters[index]
            try compare(scope, file)
        }
    }

    private func compare(_ scope: Scope, _ file: EndsFile) throws {
        try Reader(path: file.path).read { session in
            for (name, question) in Self.questions(scope) {
                let counted = try session.all(question)
                var free: [[Cell]] = []
                let cursor = try session.rows(of: question.text)
                while let row = try cursor.next() { free.append(row) }
                #expect(free == counted, "\(name) \(scope)")
            }
        }
    }

    @Test func `There is something to compare`() throws {
        let file = try EndsFile()
        for (name, question) in Self.questions(EndsFile.scope()) {
            #expect(!(try file.rows(question)).isEmpty, "\(name)")
        }
    }
}
