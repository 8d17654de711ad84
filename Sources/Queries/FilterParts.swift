/// A filter taken apart: what depends on this host's end alone, or on the peer's address alone, needs
/// to be answered once for each of these, and there are far fewer of them than connections.
struct FilterParts {
    /// Conditions, all of which hold; by what they ask for.
    private(set) var ofSides: [String] = []
    private(set) var ofPeers: [String] = []
    private(set) var ofBoth: [String] = []

    /// What each connection tells by itself: a port by both ends together.
    private static let both = ["local_port", "peer_port", "state"]
    private static let prefixTest = "socktape_in_prefix("

    init(_ filter: String) {
        for condition in Self.conjuncts(filter) {
            let asksForPeer = condition.contains("peer_address")
            let asksForSide = ["local_address", "role", "pid", "comm"].contains {
                condition.contains($0)
            }
            if Self.both.contains(where: { condition.contains($0) }) || asksForPeer && asksForSide {
                ofBoth.append(Self.withPrefixesOnce(condition))
            } else if asksForPeer {
                ofPeers.append(condition)
            } else if asksForSide {
                ofSides.append(condition)
            } else {
                ofBoth.append(condition)
            }
        }
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
