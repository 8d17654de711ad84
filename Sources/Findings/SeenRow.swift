package import Model

/// A row of an answer, read by the names of its columns.
package struct SeenRow: Sendable {
    private let cells: [String: Cell]

    package init(_ cells: [String: Cell]) { self.cells = cells }

    /// An integer; nil where it is unknown or there is no such column.
    package func integer(_ name: String) -> Int64? {
        switch cells[name] {
        case .integer(let number): number
        case .real(let number): Int64(exactly: number.rounded())
        default: nil
        }
    }

    /// A number; nil where it is unknown or there is no such column.
    package func real(_ name: String) -> Double? {
        switch cells[name] {
        case .integer(let number): Double(number)
        case .real(let number): number
        default: nil
        }
    }

    /// A text; nil where it is unknown or there is no such column.
    package func text(_ name: String) -> String? {
        if case .text(let text) = cells[name] { text } else { nil }
    }
}
