package import GRDB
import GRDBSQLite

/// The rows of a statement as lines of CSV, octet for octet what `sqlite3 -csv` makes of them, but
/// for cells that a spreadsheet would take for formulas.
///
/// `unsafe` is for the C interface of SQLite: a statement outlives the call, and the octets of a
/// column are copied before the next row is read.
package struct CSVRows {
    /// So many octets are handed over at once.
    private static let portion = 1 << 18
    private static let quote = UInt8(ascii: "\"")

    private let statement: Statement
    /// Whether a cell may begin as a formula does.
    private let isRaw: Bool
    /// What stands in the place of an address; nil where it stays.
    private let hiding: Hiding?
    /// The columns that hold addresses, where they are hidden.
    private let addresses: Set<CInt>
    private var buffer: [UInt8] = []

    /// Another text for an address.
    package typealias Hiding = @Sendable (String) -> String

    package init(_ statement: Statement, isRaw: Bool, hiding: Hiding? = nil) {
        self.statement = statement
        self.isRaw = isRaw
        self.hiding = hiding
        let names = hiding == nil ? [] : statement.columnNames
        addresses = Set(names.indices.filter { names[$0].hasSuffix("address") }.map(CInt.init))
        buffer.reserveCapacity(Self.portion + 65_536)
    }

    /// The names of the columns as a line.
    package var header: String {
        var header = CSVRows(statement, isRaw: true)
        for (index, name) in statement.columnNames.enumerated() {
            if index > 0 { header.buffer.append(UInt8(ascii: ",")) }
            header.append(text: Array(name.utf8)[...])
        }
        return String(decoding: header.buffer, as: UTF8.self) + "\r\n"
    }

    /// Runs the statement, its parameters bound, and hands over its rows in portions.
    package mutating func write(_ body: (String) throws -> Void) throws {
        let handle = unsafe statement.sqliteStatement
        defer { _ = unsafe sqlite3_reset(handle) }
        let count = unsafe sqlite3_column_count(handle)
        while unsafe try statement.step(handle) {
            for column in 0..<count {
                if column > 0 { buffer.append(UInt8(ascii: ",")) }
                unsafe append(column, of: handle)
            }
            buffer.append(UInt8(ascii: "\r"))
            buffer.append(UInt8(ascii: "\n"))
            if buffer.count >= Self.portion { try flush(body) }
        }
        try flush(body)
    }

    private mutating func flush(_ body: (String) throws -> Void) throws {
        guard !buffer.isEmpty else { return }
        try body(String(decoding: buffer, as: UTF8.self))
        buffer.removeAll(keepingCapacity: true)
    }

    private mutating func append(_ column: CInt, of handle: OpaquePointer) {
        switch unsafe sqlite3_column_type(handle, column) {
        case SQLITE_NULL: break
        case SQLITE_INTEGER: append(unsafe sqlite3_column_int64(handle, column))
        case SQLITE_BLOB:
            for octet in unsafe octets(column, of: handle, sqlite3_column_blob(handle, column)) {
                if octet < 16 { buffer.append(UInt8(ascii: "0")) }
                buffer += String(octet, radix: 16).utf8
            }
        case SQLITE_FLOAT:
            buffer +=
                unsafe octets(
                    column, of: handle, UnsafeRawPointer(sqlite3_column_text(handle, column)))
        default:
            let text = unsafe octets(
                column, of: handle, UnsafeRawPointer(sqlite3_column_text(handle, column)))
            guard let hiding, addresses.contains(column) else { return append(text: text) }
            append(text: Array(hiding(String(decoding: text, as: UTF8.self)).utf8)[...])
        }
    }

    private func octets(
        _ column: CInt, of handle: OpaquePointer, _ start: UnsafeRawPointer?
    ) -> ArraySlice<UInt8> {
        guard let start = unsafe start else { return [] }
        let count = Int(unsafe sqlite3_column_bytes(handle, column))
        return unsafe Array(UnsafeRawBufferPointer(start: start, count: count))[...]
    }

    private mutating func append(_ number: Int64) {
        if number < 0 { buffer.append(UInt8(ascii: "-")) }
        var rest = number.magnitude
        let start = buffer.count
        repeat {
            buffer.append(UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
        } while rest > 0
        var (low, high) = (start, buffer.count - 1)
        while low < high {
            buffer.swapAt(low, high)
            low += 1
            high -= 1
        }
    }

    /// Quoted as `sqlite3` does: where anything but plain ASCII is in it, or nothing at all.
    private mutating func append(text: ArraySlice<UInt8>) {
        let marks = isRaw || !isFormula(text.first)
        let isPlain = !text.isEmpty && text.allSatisfy(Self.isPlain)
        if isPlain, marks { return buffer += text }
        guard !isPlain else {
            // The apostrophe that goes before a formula needs quotes itself.
            buffer += [Self.quote, UInt8(ascii: "'")]
            buffer += text
            return buffer.append(Self.quote)
        }
        buffer.append(Self.quote)
        if !marks { buffer.append(UInt8(ascii: "'")) }
        for octet in text {
            if octet == Self.quote { buffer.append(octet) }
            buffer.append(octet)
        }
        buffer.append(Self.quote)
    }

    private func isFormula(_ octet: UInt8?) -> Bool {
        switch octet {
        case UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "@"), 0x09,
            0x0d, 0x0a:
            true
        default: false
        }
    }

    private static func isPlain(_ octet: UInt8) -> Bool {
        0x20 < octet && octet < 0x7f && octet != quote && octet != UInt8(ascii: "'")
            && octet != UInt8(ascii: ",")
    }
}
