/// A TCP state as the kernel numbers it (`include/net/tcp_states.h`); unknown numbers survive.
public struct TCPState: RawRepresentable, Hashable, Sendable {
    /// The kernel's number.
    public var rawValue: UInt8

    /// Keeps any number, known or not.
    @inlinable
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    // Compared for each socket of each dump, and with each name below: without a call into this
    // module.
    /// The numbers are the same.
    @inlinable
    public static func == (left: TCPState, right: TCPState) -> Bool {
        left.rawValue == right.rawValue
    }

    /// ESTAB.
    @inlinable public static var established: TCPState { TCPState(rawValue: 1) }
    /// SYN-SENT.
    @inlinable public static var synSent: TCPState { TCPState(rawValue: 2) }
    /// SYN-RECV.
    @inlinable public static var synReceived: TCPState { TCPState(rawValue: 3) }
    /// FIN-WAIT-1.
    @inlinable public static var finWait1: TCPState { TCPState(rawValue: 4) }
    /// FIN-WAIT-2.
    @inlinable public static var finWait2: TCPState { TCPState(rawValue: 5) }
    /// TIME-WAIT, always a mini-socket.
    @inlinable public static var timeWait: TCPState { TCPState(rawValue: 6) }
    /// UNCONN: not connected, or over.
    @inlinable public static var close: TCPState { TCPState(rawValue: 7) }
    /// CLOSE-WAIT.
    @inlinable public static var closeWait: TCPState { TCPState(rawValue: 8) }
    /// LAST-ACK.
    @inlinable public static var lastAck: TCPState { TCPState(rawValue: 9) }
    /// LISTEN.
    @inlinable public static var listen: TCPState { TCPState(rawValue: 10) }
    /// CLOSING.
    @inlinable public static var closing: TCPState { TCPState(rawValue: 11) }
    /// TCP_NEW_SYN_RECV: a request socket; dumps show it as SYN-RECV.
    @inlinable public static var newSynReceived: TCPState { TCPState(rawValue: 12) }

    /// Names by number, spelled as `ss` prints them.
    private static let names = [
        nil, "ESTAB", "SYN-SENT", "SYN-RECV", "FIN-WAIT-1", "FIN-WAIT-2", "TIME-WAIT", "UNCONN",
        "CLOSE-WAIT", "LAST-ACK", "LISTEN", "CLOSING", "SYN-RECV",
    ]

    /// The name that `ss` prints; `STATE-n` for a number that no header names.
    public var name: String {
        let number = Int(rawValue)
        guard number < Self.names.count, let name = Self.names[number] else {
            return "STATE-\(rawValue)"
        }
        return name
    }

    /// The state with this `ss` name, in any letter case.
    public init?(name: String) {
        let upper = name.uppercased()
        guard let number = Self.names.firstIndex(of: upper) else { return nil }
        self.init(rawValue: UInt8(number))
    }

    /// Whether the state lies after ESTABLISHED in a connection's life (RFC 9293, section 3.3.2).
    @inlinable
    public var isClosing: Bool {
        switch self {
        case .finWait1, .finWait2, .closeWait, .lastAck, .closing: true
        default: false
        }
    }
}
