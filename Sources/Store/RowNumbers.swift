import CStore
import GRDB
import GRDBSQLite
import Model

/// Where a statement that asks for `row_numbers` puts the numbers of each row that it steps to.
///
/// `unsafe` is for the C interface of SQLite: the statement is not stepped once this is gone.
@safe
final class RowNumbers {
    private let most = Int(most_row_numbers)
    private let numbers: UnsafeMutablePointer<Int64>

    /// Of this statement, which names it by a parameter.
    init(of statement: OpaquePointer, parameter: CInt) throws {
        unsafe numbers = .allocate(capacity: most)
        unsafe numbers.initialize(repeating: .min, count: most)
        let code = unsafe bind_row_numbers(
            UnsafeMutableRawPointer(statement), parameter, numbers)
        guard code == SQLITE_OK else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
    }

    deinit { unsafe numbers.deallocate() }

    /// The number in a column; nil for NULL.
    subscript(column: Int) -> Int64? {
        precondition(0 <= column && column < most)
        let number = unsafe numbers[column]
        return number == .min ? nil : number
    }

    /// The number in a column; nil for NULL, and for what no recorder writes.
    func plain(_ column: Int) -> Int64? {
        self[column].flatMap { plainNumbers.contains($0) ? $0 : nil }
    }

    /// The bounds that a column and the next hold, as a distance from a moment and a width.
    func bounds(_ column: Int, _ base: Int64) -> Bounds {
        guard let distance = self[column] else { return .unknown }
        let moment = base &+ distance
        guard plainNumbers.contains(moment) else { return .unknown }
        guard let width = self[column + 1] else { return Bounds(earliest: nil, latest: moment) }
        return width == PackedBounds.noLatest
            ? Bounds(earliest: moment, latest: nil)
            : Bounds(earliest: plainNumbers.contains(width) ? moment - width : nil, latest: moment)
    }
}
