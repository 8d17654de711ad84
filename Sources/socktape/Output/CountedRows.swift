import Model
import Rendering

/// Rows on their way to a page, counted by what they hold.
final class CountedRows: RowCursor {
    let columns: [Column]
    /// How many went by.
    private(set) var count: Int64 = 0
    /// How many of them were marked `~`.
    private(set) var uncertain: Int64 = 0
    private var counts: [[Cell]: Int64] = [:]
    /// The rows since the cells that are counted by last changed, not yet in `counts`.
    private var run: (key: [Cell], number: Int64) = ([], 0)
    private let cursor: any RowCursor
    private let mark: Int
    private let places: [Int]

    /// Counts by the cells in these columns; `mark` is the column of `~`.
    init(_ cursor: any RowCursor, by places: [Int], mark: Int) {
        self.cursor = cursor
        self.places = places
        self.mark = mark
        columns = cursor.columns
    }

    func next() throws -> [Cell]? {
        guard let row = try cursor.next() else { return nil }
        count += 1
        if row[mark] == .text("~") { uncertain += 1 }
        if run.number == 0 || !isLike(row) {
            endRun()
            run = (places.map { row[$0] }, 0)
        }
        run.number += 1
        return row
    }

    private func isLike(_ row: [Cell]) -> Bool {
        for index in places.indices where row[places[index]] != run.key[index] { return false }
        return true
    }

    private func endRun() {
        if run.number > 0 { counts[run.key, default: 0] += run.number }
        run.number = 0
    }

    /// `3 ESTAB, 2 TIME-WAIT`: the largest first.
    var sums: String {
        endRun()
        let sorted = counts.map { (key: $0.key.map { $0.text ?? "-" }, number: $0.value) }
            .sorted {
                $0.number == $1.number
                    ? $0.key.lexicographicallyPrecedes($1.key)
                    : $0.number > $1.number
            }
        return sorted.map { HumanText.number($0.number) + " " + $0.key.joined(separator: " ") }
            .joined(separator: ", ")
    }
}
