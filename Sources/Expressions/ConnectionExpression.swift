package import Model

/// Which connection a person means: by its id, or by its two ends.
package enum ConnectionExpression: Hashable, Sendable {
    /// A row of the view `connections`.
    case id(Int64)
    /// `192.0.2.1:80 198.51.100.1:4242`: this host's end first, as `ss` prints it.
    case ends(Endpoint, Endpoint)

    private static let accepted = "4711, or both ends as in 192.0.2.1:80 198.51.100.1:4242"

    /// Reads words, however they were cut.
    package init(_ words: [String]) throws(ExpressionError) {
        let text = words.joined(separator: " ")
        let parts = text.split { $0 == " " || $0 == "\t" }.map(String.init)
        switch parts.count {
        case 1 where parts[0].utf8.allSatisfy { 0x30...0x39 ~= $0 }:
            guard let id = Int64(parts[0]) else {
                throw Self.error(text, "no id is that large")
            }
            self = .id(id)
        case 2: self = .ends(try Self.end(parts[0], of: text), try Self.end(parts[1], of: text))
        default: throw Self.error(text, "it is neither an id nor two ends")
        }
    }

    private static func end(_ word: String, of text: String) throws(ExpressionError) -> Endpoint {
        let pattern = try EndpointPattern(word)
        guard let prefix = pattern.prefix, prefix.isSingle else {
            throw error(text, "'\(word)' is not one address")
        }
        guard let port = pattern.port else { throw error(text, "'\(word)' has no port") }
        return Endpoint(prefix.address, port)
    }

    private static func error(_ text: String, _ reason: String) -> ExpressionError {
        ExpressionError(cannotRead: "connection", text, because: reason, try: accepted)
    }
}
