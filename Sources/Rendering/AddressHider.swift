package import Model

/// Puts other addresses in the place of addresses, by a key: the same for the same, and two that
/// share their first n bits become two that share their first n bits (J. Xu, J. Fan, M. Ammar and
/// S. Moon, Prefix-Preserving IP Address Anonymization, 2002, with SipHash in the place of AES).
///
/// Loopback and unspecified addresses stay as they are: they name no host. What would become one of
/// them is mapped once more, so that no two addresses become one.
package struct AddressHider: Sendable {
    /// The fewest octets of a key.
    package static let shortestKey = 16

    private let hash: SipHash

    /// A key of at least 16 octets that nobody can guess; nil for a shorter one.
    package init?(key: [UInt8]) {
        guard key.count >= Self.shortestKey else { return nil }
        let halves = [1, 2].map { SipHash(low: 0, high: $0).value(key) }
        hash = SipHash(low: halves[0], high: halves[1])
    }

    /// A key of its own, which nobody knows.
    package init() {
        var generator = SystemRandomNumberGenerator()
        hash = SipHash(low: generator.next(), high: generator.next())
    }

    /// The address in another's place.
    package func hidden(_ address: IPAddress) -> IPAddress {
        // A walk along a cycle of a one-to-one map: it comes back to where it began at the latest.
        switch address.family {
        case .ipv4:
            guard !Self.isKept(ipv4: address.low) else { return address }
            var result = mapped(ipv4: address.low)
            while Self.isKept(ipv4: result) { result = mapped(ipv4: result) }
            return IPAddress(ipv4: UInt32(truncatingIfNeeded: result))
        case .ipv6:
            guard !Self.isKept(address.high, address.low) else { return address }
            var result = mapped(address.high, address.low)
            while Self.isKept(result.high, result.low) { result = mapped(result.high, result.low) }
            return IPAddress(high: result.high, low: result.low)
        }
    }

    private static func isKept(ipv4 address: UInt64) -> Bool {
        address >> 24 == 127 || address == 0
    }

    /// Besides loopback and unspecified, IPv4 within IPv6 is no address of IPv6.
    private static func isKept(_ high: UInt64, _ low: UInt64) -> Bool {
        high == 0 && (low <= 1 || low >> 32 == 0xffff)
    }

    private func mapped(ipv4 address: UInt64) -> UInt64 {
        address ^ flips(of: address, bits: 32) { hash.value(4, $0, $1) }
    }

    private func mapped(_ high: UInt64, _ low: UInt64) -> (high: UInt64, low: UInt64) {
        let upper = flips(of: high, bits: 64) { hash.value(6, $0, $1) }
        // The upper half belongs to every prefix of the lower one.
        let lower = SipHash(low: hash.value(7, 0, high), high: hash.value(7, 1, high))
        return (high ^ upper, low ^ flips(of: low, bits: 64) { lower.value(6, $0, $1) })
    }

    /// Which bits are turned: each by what stands before it.
    private func flips(
        of number: UInt64, bits: UInt64, by random: (_ bit: UInt64, _ prefix: UInt64) -> UInt64
    ) -> UInt64 {
        // A shift by all 64 bits gives 0.
        (0..<bits).reduce(0) { flips, bit in
            flips << 1 | random(bit, number >> (bits - bit)) & 1
        }
    }
}

extension AddressHider {
    /// The text with another address in the place of each that it holds: alone, before a port, or
    /// within a sentence.
    package func hidden(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 == 0x2e || $0 == 0x3a }) else { return text }
        var result = ""
        var rest = Substring(text)
        while !rest.isEmpty {
            let word = rest.prefix { !Self.isPart($0) }
            result += word
            rest = rest[word.endIndex...]
            let run = rest.prefix(while: Self.isPart)
            rest = rest[run.endIndex...]
            // `::Ba` of `Foo::Bar` is no address.
            let isWord = rest.first.map { $0.isLetter || $0 == "_" } ?? false
            result += isWord ? String(run) : replaced(run)
        }
        return result
    }

    private static func isPart(_ character: Character) -> Bool {
        character.isHexDigit || character == "." || character == ":"
    }

    /// `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, perhaps with something before or a stop behind.
    private func replaced(_ run: Substring) -> String {
        if let address = IPAddress(String(run)) { return "\(hidden(address))" }
        if let mark = run.lastIndex(where: { $0 == ":" || $0 == "." }),
            let address = IPAddress(String(run[..<mark])),
            run[mark...].dropFirst().allSatisfy({ $0.isNumber })
        {
            return "\(hidden(address))" + run[mark...]
        }
        guard let start = run.firstIndex(where: { $0.isNumber }), start > run.startIndex else {
            return String(run)
        }
        return run[..<start] + replaced(run[start...])
    }
}
