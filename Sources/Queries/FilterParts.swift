/// A filter taken apart by what its conditions, all of which hold, depend on.
struct FilterParts {
    /// What a condition depends on.
    enum Part {
        /// This host's end, but for its port.
        case sides
        /// The peer's address.
        case peers
        case localPorts
        case peerPorts
        /// More than one of these, or what each connection tells by itself.
        case connections
    }

    private var conditions: [Part: [String]] = [:]

    private static let prefixTest = "socktape_in_prefix("
    private static let columns: [(name: String, part: Part)] = [
        ("local_address", .sides), ("role", .sides), ("pid", .sides), ("comm", .sides),
        ("peer_address", .peers), ("local_port", .localPorts), ("peer_port", .peerPorts),
        ("state", .connections),
    ]

    init(_ filter: String) {
        for condition in Self.conjuncts(filter) {
            let parts = Set(
                Self.columns.filter { condition.contains($0.name) }.map(\.part))
            let part = parts.count == 1 ? parts.first ?? .connections : .connections
            conditions[part, default: []].append(
                part == .connections ? Self.withPrefixesOnce(condition) : condition)
        }
    }

    /// What must hold of a part; nil where all of it passes.
    subscript(part: Part) -> String? {
        conditions[part]?.map { "(\($0))" }.joined(separator: " AND ")
    }

    /// What stands between the outermost ANDs; the whole where there is more than ANDs.
    private static func conjuncts(_ filter: String) -> [String] {
        var parts: [String] = []
        var part = ""
        var depth = 0
        var isQuoted = false
        for word in filter.split(separator: " ", omittingEmptySubsequences: false) {
            if depth == 0, !isQuoted {
                if ["OR", "BETWEEN", "CASE"].contains(word) { return [filter] }
                if word == "AND" {
                    parts.append(part)
                    part = ""
                    continue
                }
            }
            for character in word {
                if character == "'" { isQuoted.toggle() }
                guard !isQuoted else { continue }
                depth += character == "(" ? 1 : character == ")" ? -1 : 0
            }
            part += (part.isEmpty ? "" : " ") + word
        }
        return parts + [part]
    }

    /// The same with each prefix tested once for each address.
    private static func withPrefixesOnce(_ condition: String) -> String {
        var result = ""
        var rest = Substring(condition)
        while let test = rest.firstRange(of: prefixTest) {
            let call = rest[test.upperBound...]
            guard let comma = call.firstIndex(of: ","), let end = call.firstIndex(of: ")"),
                comma < end
            else { break }
            result +=
                rest[..<test.lowerBound] + call[..<comma]
                + " IN (SELECT address FROM address WHERE \(prefixTest)address"
                + call[comma...end] + ")"
            rest = call[call.index(after: end)...]
        }
        return result + rest
    }
}
