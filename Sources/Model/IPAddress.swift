/// An IPv4 or IPv6 address. IPv4 mapped into IPv6 (`::ffff:a.b.c.d`) is held as IPv4.
public struct IPAddress: Hashable, Sendable {
    /// The first eight octets in network order; 0 for IPv4.
    public let high: UInt64
    /// The last eight octets in network order; the four octets for IPv4.
    public let low: UInt64
    /// Which family the address belongs to.
    public let family: AddressFamily

    /// An IPv4 address from its four octets in network order, as a number.
    public init(ipv4: UInt32) {
        self.init(high: 0, low: UInt64(ipv4), family: .ipv4)
    }

    /// An IPv6 address from its halves in network order; a mapped IPv4 address becomes IPv4.
    public init(high: UInt64, low: UInt64) {
        if high == 0, low >> 32 == 0xffff {
            self.init(ipv4: UInt32(truncatingIfNeeded: low))
        } else {
            self.init(high: high, low: low, family: .ipv6)
        }
    }

    private init(high: UInt64, low: UInt64, family: AddressFamily) {
        self.high = high
        self.low = low
        self.family = family
    }

    /// The octets alone: two families seldom have the same.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(high)
        hasher.combine(low)
    }

    /// `0.0.0.0` or `::`: bound to every address.
    public var isUnspecified: Bool { high == 0 && low == 0 }
}

/// Address families, named as the views name them.
public enum AddressFamily: String, Sendable {
    case ipv4
    case ipv6
}

extension IPAddress: CustomStringConvertible {
    /// The text form: dotted decimal, or RFC 5952 (lower case, longest run of zeros as `::`).
    public var description: String {
        switch family {
        case .ipv4: ipv4Description
        case .ipv6: ipv6Description
        }
    }

    private var ipv4Description: String {
        var text: [UInt8] = []
        for shift in stride(from: 24, through: 0, by: -8) {
            if shift < 24 { text.append(UInt8(ascii: ".")) }
            text.append(decimal: Int64(low >> shift & 0xff))
        }
        return String(decoding: text, as: UTF8.self)
    }

    private var ipv6Description: String {
        let groups = (0..<8).map { index in
            let half = index < 4 ? high : low
            return half >> (48 - (index % 4) * 16) & 0xffff
        }
        guard let zeros = Self.longestZeroRun(groups) else {
            return Self.hexadecimal(groups[...])
        }
        return Self.hexadecimal(groups[..<zeros.lowerBound]) + "::"
            + Self.hexadecimal(groups[zeros.upperBound...])
    }

    private static func hexadecimal(_ groups: ArraySlice<UInt64>) -> String {
        groups.map { String($0, radix: 16) }.joined(separator: ":")
    }

    /// The first longest run of at least two zero groups (RFC 5952, section 4.2.3).
    private static func longestZeroRun(_ groups: [UInt64]) -> Range<Int>? {
        var best: Range<Int>?
        var start = 0
        for index in 0...groups.count {
            if index < groups.count, groups[index] == 0 { continue }
            if index - start > max(1, best?.count ?? 0) { best = start..<index }
            start = index + 1
        }
        return best
    }
}

extension IPAddress {
    /// An address from its text form; nil when it is neither IPv4 nor IPv6 (RFC 4291, 2.2).
    public init?(_ text: String) {
        if text.contains(":") {
            guard let groups = Self.ipv6Groups(text) else { return nil }
            let halves = groups.reduce(into: [UInt64]()) { $0.append(UInt64($1)) }
            self.init(
                high: halves[..<4].reduce(0) { $0 << 16 | $1 },
                low: halves[4...].reduce(0) { $0 << 16 | $1 })
        } else {
            guard let number = Self.ipv4Number(text) else { return nil }
            self.init(ipv4: number)
        }
    }

    private static func ipv4Number(_ text: some StringProtocol) -> UInt32? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var number: UInt32 = 0
        for part in parts {
            guard part.count <= 3, part.allSatisfy(\.isNumber), let octet = UInt8(part) else {
                return nil
            }
            number = number << 8 | UInt32(octet)
        }
        return number
    }

    private static func ipv6Groups(_ text: String) -> [UInt16]? {
        let halves = text.split(separator: "::", omittingEmptySubsequences: false)
        guard halves.count <= 2, !text.contains(":::") else { return nil }
        let parsed = halves.enumerated().map { index, half in
            groups(of: half, endsAddress: index == halves.count - 1)
        }
        guard let front = parsed.first ?? nil else { return nil }
        guard halves.count == 2 else { return front.count == 8 ? front : nil }
        guard let back = parsed[1], front.count + back.count <= 7 else { return nil }
        return front + Array(repeating: 0, count: 8 - front.count - back.count) + back
    }

    private static func groups(of text: Substring, endsAddress: Bool) -> [UInt16]? {
        guard !text.isEmpty else { return [] }
        var result: [UInt16] = []
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            if part.contains("."), endsAddress, index == parts.count - 1,
                let number = ipv4Number(part)
            {
                result += [UInt16(number >> 16), UInt16(truncatingIfNeeded: number)]
            } else if (1...4).contains(part.count), let group = UInt16(part, radix: 16) {
                result.append(group)
            } else {
                return nil
            }
        }
        return result
    }
}
