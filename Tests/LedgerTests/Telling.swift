import Model

/// What the kernel tells of a life besides its stays, and what must be made of it.
struct Telling {
    var netns: UInt64 = 1
    /// The socket was bound, so that its port is known as the SYN goes.
    var isBound = false
    /// Whether its →CLOSE still knows the local port.
    var keepsPort = true
    /// How long the handshake took, told at a server's ESTABLISHED.
    var isHandshakeTold = false
    var sent: UInt64 = 0
    var sentAgain: UInt64 = 0
    var received: UInt64 = 0
    /// Whether the peer's FIN came before the full socket ended, and ours was acknowledged.
    var countsPeerFIN = false
    var countsOwnFIN = false
    /// When a reset came, or left: before the →CLOSE or right behind it.
    var resetReceived: Int64?
    var resetSent: Int64?
    var error: Int32 = 0
    var process: Int32 = 4_000
    /// When its destroy message goes out; nil when there is none.
    var destroyed: Int64?
    /// Whether the destroy message has lost addresses and counters.
    var isDestroyedZeroed = false

    /// The answers that are right.
    var closers: Set<Closer> = [.unknown]
    var kind = CloseKind.unknown
    /// Whether an attempt counts in the kernel's ActiveOpens or PassiveOpens.
    var counts = true
}

extension TrueLife {
    /// Moments at which the wheel's slot of a mini-socket's timer is left, µs.
    static let wheelSlot: Int64 = 2_048_000
    /// How long before its full socket's →CLOSE a mini-socket's timer is armed, µs.
    static let birth: Int64 = 4

    /// The stays of the full socket.
    var fullStays: [Stay] { stays.filter { !$0.mini } }

    /// Stays as a person sees them: FIN_WAIT2 and its mini-socket are one.
    var states: [(state: TCPState, entered: Int64, left: Int64)] {
        var result: [(state: TCPState, entered: Int64, left: Int64)] = []
        for stay in stays {
            if result.last?.state == stay.state { continue }
            if !result.isEmpty { result[result.count - 1].left = stay.entered }
            result.append((stay.state, stay.entered, gone))
        }
        return result
    }

    var isConnected: Bool { opened != nil }

    /// Whether it died as a mini-socket.
    var hasMini: Bool { stays.contains(where: \.mini) }

    /// The cookie that a mini-socket gets when nobody asked for its full socket's.
    var otherCookie: UInt64 { cookie | 1 << 40 }
}
