import Dispatch
import FoundationEssentials
import GRDB
import Model
package import Store
import Synchronization

extension Session {
    /// Views whose rows follow the ids of ended connections, so that a range of ids is a part.
    private static let divisible: Set<String> = ["connections", "lifetimes", "time_waits"]
    private static let liveSQL = "SELECT EXISTS (SELECT 1 FROM live_connection)"

    /// Every row of one view as CSV, a header first. `range` narrows views that have a time. What a
    /// spreadsheet would take for a formula is marked unless `isRaw`. `hiding` gives another address
    /// for each. So many ids are a `part`: some megabytes of text.
    package func writeCSV(
        of view: PublicView, range: AxisRange?, isRaw: Bool, hiding: CSVRows.Hiding? = nil,
        part: Int64 = 32_768, _ write: (String) throws -> Void
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
            try rows.write { text in
                if let reason = cancellation.reason { throw reason.error }
                try write(text)
            }
        }
    }

    /// nil where the view cannot be divided, or somebody writes to the file.
    private func parts(of view: PublicView) throws -> ClosedRange<Int64>? {
        guard Self.divisible.contains(view.name),
            try String.fetchOne(database, sql: "PRAGMA journal_mode") != "wal",
            try Bool.fetchOne(database, sql: Self.liveSQL) == false
        else { return nil }
        return try ConnectionScan.range(database)
    }

    /// Readers of their own make the text of a part each; it is written in the order of the parts.
    private func writeParts(
        of view: PublicView, _ ids: ClosedRange<Int64>, _ part: Int64,
        _ cells: (isRaw: Bool, hiding: CSVRows.Hiding?), _ write: (String) throws -> Void
    ) throws {
        let number = min(8, max(1, ProcessInfo.processInfo.activeProcessorCount))
        let sql = "SELECT * FROM \(view.name) WHERE connection_id BETWEEN ? AND ?"
        let readers = try (0..<number).map { _ in try PartReader(path, sql, cells) }
        var next = ids.lowerBound
        while next <= ids.upperBound {
            if let reason = cancellation.reason { throw reason.error }
            let first = next
            let texts = Mutex<[Int: Result<String, any Error>]>([:])
            DispatchQueue.concurrentPerform(iterations: number) { index in
                let low = first + Int64(index) * part
                let result = Result { try readers[index].text(low...(low + part - 1)) }
                texts.withLock { $0[index] = result }
            }
            for (_, text) in texts.withLock({ $0 }).sorted(by: { $0.key < $1.key }) {
                try write(try text.get())
            }
            next += Int64(number) * part
        }
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

    func text(_ ids: ClosedRange<Int64>) throws -> String {
        try file.database.read { database in
            let statement = try database.cachedStatement(sql: sql)
            try statement.setArguments([ids.lowerBound, ids.upperBound])
            var rows = CSVRows(statement, isRaw: isRaw, hiding: hiding)
            var text = ""
            try rows.write { text += $0 }
            return text
        }
    }
}
