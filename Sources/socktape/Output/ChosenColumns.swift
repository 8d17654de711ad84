import Model

/// Some columns of an answer, for tables that people read.
final class ChosenColumns: RowCursor {
    let columns: [Column]
    private let cursor: any RowCursor
    private let places: [Int]

    init(_ places: [Int], of cursor: any RowCursor) {
        self.places = places.filter(cursor.columns.indices.contains)
        columns = self.places.map { cursor.columns[$0] }
        self.cursor = cursor
    }

    func next() throws -> [Cell]? {
        try cursor.next().map { row in places.map { row.indices.contains($0) ? row[$0] : .null } }
    }
}
