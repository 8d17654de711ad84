package import GRDB
import GRDBSQLite
import Model

/// The rows of a statement as lines of CSV, octet for octet what `sqlite3 -csv` makes of them, but
/// for cells that a spreadsheet would take for formulas and text that is no UTF-8.
///
/// `unsafe` is for the C interface of SQLite: a statement outlives the call, and the octets of a
/// value are copied before the next row is read. No connection here has a mutex, so that a column's
/// value may be asked for what it holds without another copy (sqlite3_column_value).
package struct CSVRows {
    /// So many octets are handed over at once.
    private static let portion = 1 << 18
    private static let quote = UInt8(ascii: "\"")
    private static let comma = UInt8(ascii: ",")
    private static let apostrophe = UInt8(ascii: "'")

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
    }

    /// The names of the columns as a line.
    package var header: [UInt8] {
        var header = CSVRows(statement, isRaw: true)
        for (index, name) in statement.columnNames.enumerated() {
            if index > 0 { header.buffer.append(Self.comma) }
            header.append(name)
        }
        return header.buffer + "\r\n".utf8
    }

    /// Runs the statement, its parameters bound, and hands over its rows in portions.
    package mutating func write(_ body: ([UInt8]) throws -> Void) throws {
        try write(Self.portion) { buffer in
            try body(buffer)
            buffer.removeAll(keepingCapacity: true)
        }
    }

    /// The same as one text.
    package mutating func text() throws -> [UInt8] {
        var text: [UInt8] = []
        try write(.max) { swap(&$0, &text) }
        return text
    }

    private mutating func write(
        _ portion: Int, _ handOver: (inout [UInt8]) throws -> Void
    ) throws {
        let handle = unsafe statement.sqliteStatement
        defer { _ = unsafe sqlite3_reset(handle) }
        let count = unsafe sqlite3_column_count(handle)
        while unsafe try statement.step(handle) {
            for column in 0..<count {
                if column > 0 { buffer.append(Self.comma) }
                guard let value = unsafe sqlite3_column_value(handle, column) else { continue }
                unsafe append(value, isAddress: !addresses.isEmpty && addresses.contains(column))
            }
            buffer.append(UInt8(ascii: "\r"))
            buffer.append(UInt8(ascii: "\n"))
            if buffer.count >= portion { try handOver(&buffer) }
        }
        if !buffer.isEmpty { try handOver(&buffer) }
    }

    private mutating func append(_ value: OpaquePointer, isAddress: Bool) {
        switch unsafe sqlite3_value_type(value) {
        case SQLITE_NULL: break
        case SQLITE_INTEGER: buffer.append(decimal: unsafe sqlite3_value_int64(value))
        case SQLITE_BLOB:
            let octets = unsafe Self.octets(value, sqlite3_value_blob(value))
            for index in octets.indices {
                let octet = unsafe octets[index]
                if octet < 16 { buffer.append(UInt8(ascii: "0")) }
                buffer += String(octet, radix: 16).utf8
            }
        case SQLITE_FLOAT: unsafe buffer.append(contentsOf: Self.text(value))
        default:
            let text = unsafe Self.text(value)
            if isAddress, let hiding {
                append(unsafe hiding(String(decoding: text, as: UTF8.self)))
            } else if unsafe Self.isPlain(text), unsafe isRaw || !Self.isFormula(text[0]) {
                unsafe buffer.append(contentsOf: text)
            } else {
                // What is no UTF-8 is replaced, or the whole file would be none.
                append(unsafe String(decoding: text, as: UTF8.self))
            }
        }
    }

    private static func text(_ value: OpaquePointer) -> UnsafeBufferPointer<UInt8> {
        unsafe octets(value, UnsafeRawPointer(sqlite3_value_text(value)))
    }

    /// `start` must be asked for first: it may be made only then, and the count with it.
    private static func octets(
        _ value: OpaquePointer, _ start: UnsafeRawPointer?
    ) -> UnsafeBufferPointer<UInt8> {
        let count = unsafe start == nil ? 0 : Int(sqlite3_value_bytes(value))
        return unsafe UnsafeRawBufferPointer(start: start, count: count)
            .assumingMemoryBound(to: UInt8.self)
    }

    /// Quoted as `sqlite3` does: where anything but plain ASCII is in it, or nothing at all.
    private mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { text in
            let isMarked = unsafe !isRaw && text.first.map(Self.isFormula) ?? false
            if !isMarked, unsafe Self.isPlain(text) {
                return unsafe buffer.append(contentsOf: text)
            }
            buffer.append(Self.quote)
            // The apostrophe that goes before a formula needs quotes itself.
            if isMarked { buffer.append(Self.apostrophe) }
            for index in text.indices {
                let octet = unsafe text[index]
                if octet == Self.quote { buffer.append(octet) }
                buffer.append(octet)
            }
            buffer.append(Self.quote)
        }
    }

    private static func isFormula(_ octet: UInt8) -> Bool {
        switch octet {
        case UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "@"), 0x09,
            0x0d, 0x0a:
            true
        default: false
        }
    }

    /// Looks at each octet, whatever the one before it was: so the compiler takes many at a time.
    private static func isPlain(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        var others: UInt8 = 0
        for index in text.indices {
            let octet = unsafe text[index]
            let isPlain =
                0x20 < octet && octet < 0x7f && octet != quote && octet != apostrophe
                && octet != comma
            others |= isPlain ? 0 : 1
        }
        return others == 0 && !text.isEmpty
    }
}
