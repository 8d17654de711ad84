/// One TCP socket as one dump shows it. A plain value without references, so that a dump of
/// 100,000 sockets allocates nothing.
public struct SocketRow: Equatable, Sendable {
    /// The socket cookie (`idiag_cookie`); 0 when the source has none (/proc/net/tcp).
    public var cookie: UInt64
    /// Both ends, as the host sees them.
    public var tuple: FourTuple
    /// The state when the kernel read it.
    public var state: TCPState
    /// `idiag_timer`: 0 none, 1 retransmit, 2 keepalive, 3 TIME_WAIT, 4 zero window probe.
    public var timer: UInt8
    /// Until the timer fires, ms.
    public var expiresMilliseconds: UInt32
    /// How coarse `expiresMilliseconds` is, µs: a jiffy from netlink, 10 ms from /proc.
    public var timerGranuleMicroseconds: Int64
    /// Octets unread by the application; for LISTEN the length of the accept queue.
    public var receiveQueue: UInt32
    /// Octets not yet acknowledged; for LISTEN the backlog.
    public var sendQueue: UInt32
    /// The owner's uid; 0 in TIME_WAIT, where it says nothing.
    public var uid: UInt32
    /// The inode of the socket's descriptor; 0 when no process holds one.
    public var inode: UInt64
    /// What `tcp_info` says, if it came.
    public var info: TCPInfo?

    /// What every source tells; the rest is 0 or nil.
    public init(cookie: UInt64, tuple: FourTuple, state: TCPState) {
        self.cookie = cookie
        self.tuple = tuple
        self.state = state
        timer = 0
        expiresMilliseconds = 0
        timerGranuleMicroseconds = 0
        receiveQueue = 0
        sendQueue = 0
        uid = 0
        inode = 0
        info = nil
    }

    /// TIME_WAIT, and an orphaned FIN_WAIT2, live on as a mini-socket without owner or tcp_info.
    public var isMiniSocket: Bool { timer == 3 }
}

/// The part of the kernel's `struct tcp_info` (`<linux/tcp.h>`) that a recording keeps. The struct
/// grows from kernel to kernel: what a shorter one lacks is nil.
public struct TCPInfo: Equatable, Sendable {
    /// Since data was last sent, ms.
    public var lastDataSentMilliseconds: UInt32
    /// Since data was last received, ms.
    public var lastDataReceivedMilliseconds: UInt32
    /// Since an acknowledgement was last received, ms.
    public var lastAckReceivedMilliseconds: UInt32
    /// Smoothed round-trip time, µs.
    public var rttMicroseconds: UInt32
    /// Segments in flight.
    public var unacknowledgedSegments: UInt32
    /// Segments sent again, over the whole life.
    public var totalRetransmits: UInt32
    /// Octets acknowledged by the peer: counts the SYN of an active open, and our FIN.
    @inlinable public var bytesAcknowledged: UInt64? {
        get { keptBytesAcknowledged.number }
        set { keptBytesAcknowledged.number = newValue }
    }
    /// Octets received in order: counts the peer's FIN.
    @inlinable public var bytesReceived: UInt64? {
        get { keptBytesReceived.number }
        set { keptBytesReceived.number = newValue }
    }
    /// Payload octets sent, those sent again counted again (Linux 4.19).
    @inlinable public var bytesSent: UInt64? {
        get { keptBytesSent.number }
        set { keptBytesSent.number = newValue }
    }
    /// Payload octets sent again (Linux 4.19).
    @inlinable public var bytesRetransmitted: UInt64? {
        get { keptBytesRetransmitted.number }
        set { keptBytesRetransmitted.number = newValue }
    }

    @usableFromInline var keptBytesAcknowledged = Compact<UInt64>()
    @usableFromInline var keptBytesReceived = Compact<UInt64>()
    @usableFromInline var keptBytesSent = Compact<UInt64>()
    @usableFromInline var keptBytesRetransmitted = Compact<UInt64>()

    /// Zeros, and no octet counted.
    public init() {
        lastDataSentMilliseconds = 0
        lastDataReceivedMilliseconds = 0
        lastAckReceivedMilliseconds = 0
        rttMicroseconds = 0
        unacknowledgedSegments = 0
        totalRetransmits = 0
    }
}

/// When rows were read, nanoseconds of the boot clock: the kernel looked at each of them between
/// `earliest` and `latest`.
public struct BootWindow: Equatable, Sendable {
    /// Not read before this moment.
    public var earliest: Int64
    /// Not read after this moment.
    public var latest: Int64

    /// Pairs the two moments.
    public init(earliest: Int64, latest: Int64) {
        self.earliest = earliest
        self.latest = latest
    }
}

/// How a dump went. A broken dump is told as broken: its rows are sightings, its silences prove
/// nothing.
public struct DumpOutcome: Equatable, Sendable {
    /// When the dump began and ended, nanoseconds of the boot clock.
    public var window: BootWindow
    /// Rows delivered, duplicates included.
    public var rows: Int
    /// Why the dump is not complete; nil when it is.
    public var failure: String?

    /// A dump of so many rows; a failure says why it is not whole.
    public init(window: BootWindow, rows: Int, failure: String?) {
        self.window = window
        self.rows = rows
        self.failure = failure
    }
}

/// What an exact request (no NLM_F_DUMP: one 4-tuple, one cookie) found.
public enum ExactAnswer: Equatable, Sendable {
    /// The socket is there.
    case found(SocketRow)
    /// ENOENT: no such socket.
    case gone
    /// ESTALE: the 4-tuple lives with another cookie, so this incarnation ended.
    case replaced
    /// The request failed; nothing is proved.
    case unknown(String)
}

/// One UDP socket as one dump shows it.
public struct DatagramRow: Equatable, Sendable {
    /// The socket cookie; 0 when the source has none.
    public var cookie: UInt64
    /// Both ends, as the host sees them.
    public var tuple: FourTuple
    /// The owner's uid.
    public var uid: UInt32
    /// The inode of the socket's descriptor; 0 when no process holds one.
    public var inode: UInt64

    /// What every dump tells.
    public init(cookie: UInt64, tuple: FourTuple, uid: UInt32, inode: UInt64) {
        self.cookie = cookie
        self.tuple = tuple
        self.uid = uid
        self.inode = inode
    }
}
