import GRDB
import Model
import Queries
import Testing

@Suite("Questions about one moment read no history")
struct PlanTests {
    @Test func `Neither a filtered table nor a difference scans the connections`() throws {
        let night = try Night()
        let filter = Clause(positional: "(comm = ?)", arguments: [.text("nginx")])
        let moment = RecordedNight.at(60)
        let database = try DatabaseQueue(path: night.path)
        for (name, question) in [
            ("at", SocketTableQuery(sample: 61, moment: moment, filter: filter).question),
            (
                "diff",
                TableDifferenceQuery(
                    first: (31, RecordedNight.at(30)), second: (61, moment), filter: filter
                ).question
            ),
        ] {
            let plan = try database.read { database in
                try Row.fetchAll(database, sql: "EXPLAIN QUERY PLAN " + question.text)
                    .map { $0["detail"] as String }
            }
            #expect(plan.contains { $0.hasPrefix("SEARCH e USING INTEGER PRIMARY KEY") }, "\(name)")
            let scanned = plan.filter { line in
                ["SCAN e", "SCAN g", "SCAN w", "SCAN ended_connection"].contains {
                    line == $0 || line.hasPrefix($0 + " ")
                }
            }
            #expect(scanned.isEmpty, "\(name): \(scanned)")
        }
        try database.close()
    }
}
