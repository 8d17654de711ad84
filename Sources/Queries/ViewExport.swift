import GRDB
import Model
package import Store

extension Session {
    /// Views whose rows follow the ids of ended connections, so that a range of ids is a part.
    private static let divisible: Set<String> = ["connections", "lifetimes", "time_waits"]
    private static let liveSQL = "SELECT EXISTS (SELECT 1 FROM live_connection)"

    /// Every row of one view as CSV, a header first. `range` narrows views that have a time. What a
    /// spreadsheet would take for a formula is marked unless `isRaw`. `hiding` gives another address
    /// for each. So many ids are a `part`: some megabytes of text.
    package func writeCSV(
        of view: PublicView, range: AxisRange?, isRaw: Bool, hiding: CSVRows.Hiding? = nil,
        part: Int64 = 8192, _ write: ([UInt8]) throws -> Void
    ) throws {
        try translating {
            let question = ViewRowsQuery(view, range: range).question
            let statement = try database.makeStatement(sql: question.sql)
            try statement.setArguments(
                StatementArguments(question.arguments.mapValues(\.databaseValue)))
            var rows = CSVRows(statement, isRaw: isRaw, hiding: hiding)
            try write(rows.header)
            if range == nil, let ids = try parts(of: view) {
                return try writeParts(of: view, ids, part, (isRaw, hiding), write)
            }
            try rows.write { octets in
                if let reason = cancellation.reason { throw reason.error }
                try write(octets)
            }
        }
    }

    /// nil where the view cannot be divided, or somebody writes to the file.
    private func parts(of view: PublicView) throws -> ClosedRange<Int64>? {
        guard Self.divisible.contains(view.name), try isDivisible(),
            try Bool.fetchOne(database, sql: Self.liveSQL) == false
        else { return nil }
        return try ConnectionScan.range(database)
    }

    /// Readers of their own make the text of a part each; it is written in the order of the parts.
    private func writeParts(
        of view: PublicView, _ ids: ClosedRange<Int64>, _ part: Int64,
        _ cells: (isRaw: Bool, hiding: CSVRows.Hiding?), _ write: ([UInt8]) throws -> Void
    ) throws {
        let sql = "SELECT * FROM \(view.name) WHERE connection_id BETWEEN ? AND ?"
        let readers = try (0..<Self.readers).map { _ in try PartReader(path, sql, cells) }
        let count = Int((ids.upperBound - ids.lowerBound) / part) + 1
        let line = AssemblyLine(of: count, by: readers.count) { [cancellation] reader, place in
            if let reason = cancellation.reason { throw reason.error }
            let low = ids.lowerBound + Int64(place) * part
            return try readers[reader].text(low...(low + part - 1))
        }
        try line.each(write)
    }
}

/// A reader of its own that makes the text of one part after another.
private final class PartReader: Sendable {
    private let file: RecordingFile
    private let sql: String
    private let isRaw: Bool
    private let hiding: CSVRows.Hiding?

    init(
        _ path: String, _ sql: String, _ cells: (isRaw: Bool, hiding: CSVRows.Hiding?)
    ) throws {
        file = try RecordingFile.open(readingPath: path)
        self.sql = sql
        isRaw = cells.isRaw
        hiding = cells.hiding
    }

    func text(_ ids: ClosedRange<Int64>) throws -> [UInt8] {
        try file.database.read { database in
            let statement = try database.cachedStatement(sql: sql)
            try statement.setArguments([ids.lowerBound, ids.upperBound])
            var rows = CSVRows(statement, isRaw: isRaw, hiding: hiding)
            return try rows.text()
        }
    }
}
