import GRDB
import Model
import Queries
import Testing

@Suite("The catalog of views says what is there")
struct CatalogTests {
    let night: Night

    init() throws { night = try Night() }

    /// Views that are parts of others, and no promise.
    private static let internalViews: Set<String> = ["connection", "stored_connection"]

    @Test func `It names exactly the views and columns of a recording, in their order`() throws {
        let file = try DatabaseQueue(path: night.path)
        let views = try file.read { database in
            try String.fetchAll(
                database, sql: "SELECT name FROM sqlite_schema WHERE type = 'view'")
        }
        #expect(
            Set(PublicView.all.map(\.name)) == Set(views).subtracting(Self.internalViews))
        for view in PublicView.all {
            let columns = try file.read { database in
                try String.fetchAll(
                    database, sql: "SELECT name FROM pragma_table_info(?) ORDER BY cid",
                    arguments: [view.name])
            }
            #expect(view.columns.map(\.name) == columns, "\(view.name)")
        }
    }

    @Test func `Every column has a unit and a meaning`() {
        for view in PublicView.all {
            for column in view.columns {
                #expect(!column.unit.isEmpty, "\(view.name).\(column.name)")
                #expect(column.meaning.hasSuffix("."), "\(view.name).\(column.name)")
            }
        }
    }

    @Test func `Every view can be exported whole, and within a range`() throws {
        let early = AxisRange(since: RecordedNight.at(-20), until: RecordedNight.at(-10))
        for view in PublicView.all {
            let whole = try night.rows(ViewRowsQuery(view, range: nil).question)
            let all = try night.rows(ViewRowsQuery(view, range: night.whole.range).question)
            #expect(all.count == whole.count, "\(view.name)")
            if view.start != nil, !view.name.hasPrefix("lifetimes") {
                let none = try night.rows(ViewRowsQuery(view, range: early).question)
                #expect(none.count <= 1, "\(view.name)")
            }
        }
    }
}
