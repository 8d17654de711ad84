import Model

/// The first few columns of an answer, for tables that people read.
final class LeadingColumns: RowCursor {
    let columns: [Column]
    private let cursor: any RowCursor

    init(_ count: Int, of cursor: any RowCursor) {
        columns = Array(cursor.columns.prefix(count))
        self.cursor = cursor
    }

    func next() throws -> [Cell]? {
        try cursor.next().map { Array($0.prefix(columns.count)) }
    }
}
