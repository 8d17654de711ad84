import Foundation
import GRDB
import Testing

@Suite("docs/datasette/metadata.json tells Datasette what the manual tells people")
struct DatasetteTests {
    private static let file = "docs/datasette/metadata.json"

    /// Tables that keep what the views show; the names that Datasette shows for their ids.
    private static let labels = [
        "recording": "host", "address": "address", "process": "comm", "namespace": "name",
        "tcp_state": "name",
    ]

    private func metadata(tables: [String]) throws -> String {
        let rows = try CSV.parse(try Command.socktape("schema", "--format", "csv").output)
        var entries: [String: Any] = [:]
        for row in rows.dropFirst() where row[1].isEmpty {
            let columns = rows.filter { $0[0] == row[0] && !$0[1].isEmpty }
            entries[row[0]] = [
                "description": row[3],
                "columns": Dictionary(
                    uniqueKeysWithValues: columns.map { ($0[1], "\($0[3]) (\($0[2]))") }),
            ]
        }
        for table in tables where entries[table] == nil {
            var entry: [String: Any] = ["hidden": true]
            entry["label_column"] = Self.labels[table]
            entries[table] = entry
        }
        let queries = SQLPage.questions.map { asked in
            var query = ["title": asked.title, "sql": asked.sql]
            query["description"] = asked.remark.isEmpty ? nil : asked.remark
            return (asked.slug, query)
        }
        let whole: [String: Any] = [
            "title": "socktape",
            "description": "The sockets of a Linux server, as socktape recorded them.",
            "databases": [
                "socktape": [
                    "tables": entries, "queries": Dictionary(uniqueKeysWithValues: queries),
                ]
            ],
        ]
        let data = try JSONSerialization.data(
            withJSONObject: whole, options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
        return String(decoding: data, as: UTF8.self) + "\n"
    }

    @Test func `Each view, column and question is in it, and tables are hidden`() throws {
        let folder = try Folder()
        let night = folder.file("night.sqlite")
        try TravelNight.record(into: night)
        let file = try DatabaseQueue(path: night)
        let tables = try file.read {
            try String.fetchAll(
                $0,
                sql: """
                    SELECT name FROM sqlite_master WHERE type IN ('table', 'view')
                      AND name NOT LIKE 'sqlite%' ORDER BY name
                    """)
        }
        try file.close()
        try DocsGolden.expect(try metadata(tables: tables), is: Self.file)
    }

    @Test func `Its questions are the forty of the manual`() throws {
        let whole =
            try JSONSerialization.jsonObject(
                with: Data(try Repository.text(Self.file).utf8)) as? [String: Any]
        let databases = whole?["databases"] as? [String: Any]
        let database = databases?["socktape"] as? [String: Any]
        let queries = try #require(database?["queries"] as? [String: [String: String]])
        #expect(Set(queries.values.map { $0["sql"] }) == Set(SQLPage.questions.map(\.sql)))
    }
}
