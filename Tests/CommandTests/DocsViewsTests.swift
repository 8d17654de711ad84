import Foundation
import Testing

@Suite("docs/views.md is what the program says of its views")
struct DocsViewsTests {
    /// Writes the page from `socktape schema`.
    private func page() throws -> String {
        let rows = try CSV.parse(try Command.socktape("schema", "--format", "csv").output)
        try #require(rows.first == ["view", "column", "unit", "meaning"])
        let views = rows.dropFirst().filter { $0[1].isEmpty }
        var text = """
            # Views

            What `socktape sql` and `sqlite3` can ask. Names, units and meanings are those of
            `socktape schema`. Unknown is NULL, never 0. A time in µs counts from 1970 on the
            axis of its recording ([times and bounds](time-and-bounds.md)); `*_min_us` and
            `*_max_us` are its bounds, and `*_at` is the same moment as UTC text.

            | View | What a row is |
            | --- | --- |

            """
        for view in views { text += "| [\(view[0])](#\(view[0])) | \(cell(view[3])) |\n" }
        for view in views {
            text += "\n## \(view[0])\n\n\(view[3])\n\n| Column | Unit | Meaning |\n"
            text += "| --- | --- | --- |\n"
            for row in rows where row[0] == view[0] && !row[1].isEmpty {
                text += "| `\(row[1])` | \(cell(row[2])) | \(cell(row[3])) |\n"
            }
        }
        return text
    }

    private func cell(_ text: String) -> String { text.replacing("|", with: "\\|") }

    @Test func `The page equals the program's own answer`() throws {
        try DocsGolden.expect(try page(), is: "docs/views.md")
    }

    @Test func `Each column of each view has its row`() throws {
        let folder = try Folder()
        let night = folder.file("night.sqlite")
        try RecordedNight.record(into: night)
        let names = try ProgramNames(recording: night)
        let columns = try Page(name: "docs/views.md").rows.filter { $0.count == 3 }
            .map { $0[0].replacing("`", with: "") }.filter { $0 != "Column" }
        #expect(columns.count == names.views.values.map(\.count).reduce(0, +))
        #expect(Set(columns) == names.views.values.reduce(into: Set()) { $0.formUnion($1) })
    }
}
