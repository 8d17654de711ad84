package import Model

/// The addresses of one family that share their first bits, as in `10.0.0.0/8`.
package struct AddressPrefix: Hashable, Sendable {
    /// Where the range begins; bits beyond the length are zero.
    package let address: IPAddress
    /// How many leading bits count: up to 32 for IPv4, 128 for IPv6.
    package let length: Int

    /// Bits beyond the length are cleared; nil when the length does not fit the family.
    package init?(_ address: IPAddress, length: Int) {
        guard (0...Self.bits(address.family)).contains(length) else { return nil }
        self.length = length
        self.address = Self.masked(address, length)
    }

    /// The prefix that holds this address alone.
    package init(_ address: IPAddress) {
        self.address = address
        length = Self.bits(address.family)
    }

    /// Whether it holds one address alone.
    package var isSingle: Bool { length == Self.bits(address.family) }

    /// Whether an address lies within; never across families.
    package func contains(_ other: IPAddress) -> Bool {
        other.family == address.family && Self.masked(other, length) == address
    }

    /// Whether an address, as text, lies within; false for text that is no address.
    package func contains(_ text: String) -> Bool {
        IPAddress(text).map { contains($0) } ?? false
    }

    /// What the SQL function `socktape_in_prefix(address, prefix, length)` answers: whether the
    /// address lies within, false if any of the three makes no sense.
    package static func holds(address: String, prefix: String, length: Int64) -> Bool {
        guard let prefix = IPAddress(prefix), let length = Int(exactly: length) else {
            return false
        }
        return AddressPrefix(prefix, length: length)?.contains(address) ?? false
    }

    private static func bits(_ family: AddressFamily) -> Int { family == .ipv4 ? 32 : 128 }

    private static func masked(_ address: IPAddress, _ length: Int) -> IPAddress {
        switch address.family {
        case .ipv4:
            return IPAddress(ipv4: UInt32(truncatingIfNeeded: address.low) & (~0 << (32 - length)))
        case .ipv6:
            // Swift's shift yields 0 when it is as wide as the number.
            let high = address.high & (~0 << (64 - min(64, length)))
            return IPAddress(high: high, low: address.low & (~0 << (64 - max(0, length - 64))))
        }
    }
}

extension AddressPrefix: CustomStringConvertible {
    /// `10.0.0.0/8`, or the address when it is alone.
    package var description: String {
        isSingle ? address.description : "\(address)/\(length)"
    }
}
