/// A TCP state as the kernel numbers it (`include/net/tcp_states.h`); unknown numbers survive.
package struct TCPState: RawRepresentable, Hashable, Sendable {
    /// The kernel's number.
    package var rawValue: UInt8

    /// Keeps any number, known or not.
    @inlinable
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    // Compared for each socket of each dump: without a call into this module.
    @inlinable
    package static func == (left: TCPState, right: TCPState) -> Bool {
        left.rawValue == right.rawValue
    }

    package static let established = TCPState(rawValue: 1)
    package static let synSent = TCPState(rawValue: 2)
    package static let synReceived = TCPState(rawValue: 3)
    package static let finWait1 = TCPState(rawValue: 4)
    package static let finWait2 = TCPState(rawValue: 5)
    package static let timeWait = TCPState(rawValue: 6)
    package static let close = TCPState(rawValue: 7)
    package static let closeWait = TCPState(rawValue: 8)
    package static let lastAck = TCPState(rawValue: 9)
    package static let listen = TCPState(rawValue: 10)
    package static let closing = TCPState(rawValue: 11)
    /// TCP_NEW_SYN_RECV: a request socket; dumps show it as SYN-RECV.
    package static let newSynReceived = TCPState(rawValue: 12)

    /// Names by number, spelled as `ss` prints them.
    private static let names = [
        nil, "ESTAB", "SYN-SENT", "SYN-RECV", "FIN-WAIT-1", "FIN-WAIT-2", "TIME-WAIT", "UNCONN",
        "CLOSE-WAIT", "LAST-ACK", "LISTEN", "CLOSING", "SYN-RECV",
    ]

    /// The name that `ss` prints; `STATE-n` for a number that no header names.
    package var name: String {
        let number = Int(rawValue)
        guard number < Self.names.count, let name = Self.names[number] else {
            return "STATE-\(rawValue)"
        }
        return name
    }

    /// The state with this `ss` name, in any letter case.
    package init?(name: String) {
        let upper = name.uppercased()
        guard let number = Self.names.firstIndex(of: upper) else { return nil }
        self.init(rawValue: UInt8(number))
    }

    /// Whether the state lies after ESTABLISHED in a connection's life (RFC 9293, section 3.3.2).
    package var isClosing: Bool {
        switch self {
        case .finWait1, .finWait2, .closeWait, .lastAck, .closing: true
        default: false
        }
    }
}
