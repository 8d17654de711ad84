import FoundationEssentials
import GRDB
import Model

/// Rows of a running statement, one at a time.
final class StatementCursor: Model.RowCursor {
    let columns: [Model.Column]
    private let rows: GRDB.RowCursor
    private let timeline: Timeline
    private let cancellation: Cancellation
    private let isFree: Bool
    private let moments: [Int]

    init(
        _ rows: GRDB.RowCursor, columns: [Model.Column], timeline: Timeline,
        cancellation: Cancellation, isFree: Bool
    ) {
        self.rows = rows
        self.columns = columns
        self.timeline = timeline
        self.cancellation = cancellation
        self.isFree = isFree
        moments = columns.indices.filter { columns[$0].kind == .moment }
    }

    func next() throws -> [Cell]? {
        if let reason = cancellation.reason { throw reason.error }
        do {
            guard let row = try rows.next() else { return nil }
            var cells = Array(row.databaseValues).map { Cell($0) }
            for index in moments { cells[index] = timeline.wall(cells[index]) }
            return cells
        } catch let error as DatabaseError {
            throw QueryError(error, isFree: isFree, cancellation: cancellation)
        }
    }
}

extension Cell {
    /// The value as SQLite holds it.
    init(_ value: DatabaseValue) {
        switch value.storage {
        case .null: self = .null
        case .int64(let number): self = .integer(number)
        case .double(let number): self = .real(number)
        case .string(let text): self = .text(text)
        case .blob(let data): self = .blob(Array(data))
        }
    }

    /// The value as it is bound.
    var databaseValue: DatabaseValue {
        switch self {
        case .null: .null
        case .integer(let number): number.databaseValue
        case .real(let number): number.databaseValue
        case .text(let text): text.databaseValue
        case .blob(let bytes): Data(bytes).databaseValue
        }
    }
}
