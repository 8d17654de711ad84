import Foundation

/// CSV as RFC 4180 has it, read without the program's own code.
enum CSV {
    struct Malformed: Error {}

    /// Records of fields; throws when a quote is out of place.
    static func parse(_ text: String) throws -> [[String]] {
        var records: [[String]] = []
        var record: [String] = []
        var field = ""
        var isQuoted = false
        var wasQuoted = false
        var characters = Array(text.unicodeScalars)[...]
        while let next = characters.popFirst() {
            switch next {
            case "\"" where isQuoted && characters.first == "\"":
                field.append("\"")
                characters.removeFirst()
            case "\"" where isQuoted: isQuoted = false
            case "\"":
                guard field.isEmpty, !wasQuoted else { throw Malformed() }
                isQuoted = true
                wasQuoted = true
            case _ where isQuoted: field.unicodeScalars.append(next)
            case ",", "\n":
                if next == "\n", field.hasSuffix("\r") { field.removeLast() }
                record.append(field)
                field = ""
                wasQuoted = false
                if next == "\n" {
                    records.append(record)
                    record = []
                }
            default:
                guard !wasQuoted || next == "\r" else { throw Malformed() }
                field.unicodeScalars.append(next)
            }
        }
        guard !isQuoted, record.isEmpty, field.isEmpty else { throw Malformed() }
        return records
    }
}

/// JSON, read by Foundation.
enum JSON {
    static func objects(_ text: String) throws -> [[String: Any]] {
        let value = try JSONSerialization.jsonObject(with: Data(text.utf8))
        return value as? [[String: Any]] ?? []
    }
}
