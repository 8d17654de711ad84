/// A value of a result's cell, as SQLite stores it.
package enum Cell: Hashable, Sendable {
    /// Unknown. Never shown as 0.
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case blob([UInt8])
}

/// What a column holds, so that a renderer can align it and write it for a person.
package enum ColumnKind: Hashable, Sendable {
    case text
    /// A count or an identifier: a plain number, aligned right.
    case number
    /// A share of one, 0.9997.
    case ratio
    /// Octets.
    case bytes
    /// A duration in seconds.
    case seconds
    /// A duration in µs.
    case microseconds
    /// A moment, µs since 1970 by the wall clock (UTC).
    case moment
    /// A series of numbers as JSON text, to be drawn as a sparkline.
    case series
}

/// A result's column.
package struct Column: Hashable, Sendable {
    /// The name in CSV and JSON, as the view spells it.
    package var name: String
    /// The head in tables for people; the name when nil.
    package var title: String?
    package var kind: ColumnKind

    package init(_ name: String, title: String? = nil, kind: ColumnKind = .text) {
        self.name = name
        self.title = title
        self.kind = kind
    }
}

/// Rows that come one at a time, so that a result of any size streams.
package protocol RowCursor: AnyObject {
    var columns: [Column] { get }

    /// The next row, as many cells as columns; nil at the end.
    func next() throws -> [Cell]?
}

/// Rows that are already in memory.
package final class ArrayCursor: RowCursor {
    package let columns: [Column]
    private var rows: ArraySlice<[Cell]>

    package init(columns: [Column], rows: [[Cell]]) {
        self.columns = columns
        self.rows = rows[...]
    }

    package func next() -> [Cell]? { rows.popFirst() }
}
