/// Octets of a small file of /proc, taken apart. Names in it may hold any octet.
enum ProcText {
    /// The lines, without their ends; empty ones are left out.
    static func lines(_ text: [UInt8]) -> [ArraySlice<UInt8>] {
        text.split(separator: UInt8(ascii: "\n"))
    }

    /// The fields between spaces and tabs.
    static func fields(_ line: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
        line.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
    }

    /// A number in decimal digits; nil for anything else and for one that is too great.
    static func number<Number: FixedWidthInteger>(
        _ field: ArraySlice<UInt8>, as type: Number.Type = Number.self
    ) -> Number? {
        Number(string(field), radix: 10)
    }

    /// Text; what is not UTF-8 becomes U+FFFD.
    static func string(_ octets: ArraySlice<UInt8>) -> String {
        String(decoding: octets, as: UTF8.self)
    }

    /// Whether the line begins so.
    static func line(_ line: ArraySlice<UInt8>, startsWith prefix: StaticString) -> Bool {
        line.starts(with: "\(prefix)".utf8)
    }
}
