import Model

/// Which ends of connections are wanted: `10.0.0.0/8`, `[::1]:443`, `:443`, `*:80`, `192.0.2.1`.
package struct EndpointPattern: Hashable, Sendable {
    /// The wanted addresses; nil for every one.
    package var prefix: AddressPrefix?
    /// The wanted port; nil for every one.
    package var port: UInt16?

    private static let accepted = "192.0.2.1, 10.0.0.0/8:443, [::1]:443, :443 or *:80"

    /// Reads `ADDR[/LEN][:PORT]`. An IPv6 address stands in brackets when a port follows: without
    /// them every colon belongs to the address.
    package init(_ text: String) throws(ExpressionError) {
        let (address, port) = try Self.split(text)
        self.port = try port.flatMap { text throws(ExpressionError) in try Self.port(text) }
        prefix = try Self.prefix(address, of: text)
    }

    /// Reads a port number; nil for `*`, which is every port.
    package static func port(_ text: some StringProtocol) throws(ExpressionError) -> UInt16? {
        if text == "*" { return nil }
        guard text.utf8.allSatisfy({ 0x30...0x39 ~= $0 }), let port = UInt16(text) else {
            throw ExpressionError(
                cannotRead: "port", text, because: "it is not a number up to 65535", try: "443")
        }
        return port
    }

    private static func error(_ text: String, _ reason: String) -> ExpressionError {
        ExpressionError(cannotRead: "address", text, because: reason, try: accepted)
    }

    /// The parts before and after the colon that separates the port; brackets are dropped.
    private static func split(
        _ text: String
    ) throws(ExpressionError) -> (address: String, port: Substring?) {
        guard !text.isEmpty else { throw error(text, "it is empty") }
        if text.first == "[" {
            guard let close = text.firstIndex(of: "]") else {
                throw error(text, "']' is missing")
            }
            let inner = text[text.index(after: text.startIndex)..<close]
            let rest = text[text.index(after: close)...]
            let tail = rest.prefix { $0 != ":" }
            guard inner.contains(":"), tail.isEmpty || tail.first == "/" else {
                throw error(text, "brackets hold one IPv6 address")
            }
            let port = rest.dropFirst(tail.count)
            return (String(inner + tail), port.isEmpty ? nil : port.dropFirst())
        }
        let colons = text.utf8.count { $0 == UInt8(ascii: ":") }
        guard colons == 1, let colon = text.firstIndex(of: ":") else { return (text, nil) }
        return (String(text[..<colon]), text[text.index(after: colon)...])
    }

    private static func prefix(
        _ text: String, of whole: String
    ) throws(ExpressionError) -> AddressPrefix? {
        if text.isEmpty || text == "*" { return nil }
        let slash = text.firstIndex(of: "/")
        let name = String(text[..<(slash ?? text.endIndex)])
        guard let address = IPAddress(name) else { throw notAnAddress(name, of: whole) }
        guard let slash else { return AddressPrefix(address) }
        let digits = text[text.index(after: slash)...]
        guard digits.utf8.allSatisfy({ 0x30...0x39 ~= $0 }), var length = Int(digits) else {
            throw error(whole, "'\(digits)' is not a prefix length")
        }
        // A mapped IPv4 address was typed with IPv6's 96 leading bits.
        if address.family == .ipv4, name.contains(":") { length -= 96 }
        guard let prefix = AddressPrefix(address, length: length) else {
            throw error(whole, "a prefix of \(address.family.rawValue) is not that long")
        }
        return prefix
    }

    private static func notAnAddress(_ name: String, of whole: String) -> ExpressionError {
        if name.contains("%") { return error(whole, "addresses are recorded without '%'") }
        if name.contains(":") { return error(whole, "it is not an IPv6 address") }
        return error(whole, "'\(name)' is not an address, and names are not looked up")
    }
}

extension EndpointPattern: CustomStringConvertible {
    /// As it would be typed.
    package var description: String {
        guard let port else { return prefix?.description ?? "*" }
        guard let prefix else { return ":\(port)" }
        let isLong = prefix.address.family == .ipv6
        return isLong ? "[\(prefix)]:\(port)" : "\(prefix):\(port)"
    }
}
