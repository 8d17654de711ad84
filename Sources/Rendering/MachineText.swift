import Model

/// Cells as programs read them: nothing is rounded, times are UTC.
package enum MachineText {
    /// A moment as UTC: `2026-11-23T03:12:00.123456Z`.
    package static func moment(_ microseconds: Int64) -> String {
        CivilTime(microseconds: microseconds).text(fractionDigits: 6, separator: "T") + "Z"
    }

    /// Whether a column's integers are moments that are written as text.
    static func writesText(_ column: Column) -> Bool {
        column.kind == .moment && !column.name.hasSuffix("_us")
    }

    /// Octets as hexadecimal digits.
    static func hexadecimal(_ octets: [UInt8]) -> String {
        octets.reduce(into: "") { text, octet in
            text += (octet < 16 ? "0" : "") + String(octet, radix: 16)
        }
    }
}
