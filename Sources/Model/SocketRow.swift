/// One TCP socket as one dump shows it. A plain value without references, so that a dump of
/// 100,000 sockets allocates nothing.
package struct SocketRow: Equatable, Sendable {
    /// The socket cookie (`idiag_cookie`); 0 when the source has none (/proc/net/tcp).
    package var cookie: UInt64
    package var tuple: FourTuple
    package var state: TCPState
    /// `idiag_timer`: 0 none, 1 retransmit, 2 keepalive, 3 TIME_WAIT, 4 zero window probe.
    package var timer: UInt8
    /// Until the timer fires, ms.
    package var expiresMilliseconds: UInt32
    /// How coarse `expiresMilliseconds` is, µs: a jiffy from netlink, 10 ms from /proc.
    package var timerGranuleMicroseconds: Int64
    /// Octets unread by the application; for LISTEN the length of the accept queue.
    package var receiveQueue: UInt32
    /// Octets not yet acknowledged; for LISTEN the backlog.
    package var sendQueue: UInt32
    /// The owner's uid; 0 in TIME_WAIT, where it says nothing.
    package var uid: UInt32
    /// The inode of the socket's descriptor; 0 when no process holds one.
    package var inode: UInt64
    /// What `tcp_info` says, if it came.
    package var info: TCPInfo?

    package init(cookie: UInt64, tuple: FourTuple, state: TCPState) {
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
    package var isMiniSocket: Bool { timer == 3 }
}

/// The part of the kernel's `struct tcp_info` (`<linux/tcp.h>`) that a recording keeps. The struct
/// grows from kernel to kernel: what a shorter one lacks is nil.
package struct TCPInfo: Equatable, Sendable {
    /// Since data was last sent, ms.
    package var lastDataSentMilliseconds: UInt32
    /// Since data was last received, ms.
    package var lastDataReceivedMilliseconds: UInt32
    /// Since an acknowledgement was last received, ms.
    package var lastAckReceivedMilliseconds: UInt32
    /// Smoothed round-trip time, µs.
    package var rttMicroseconds: UInt32
    /// Segments in flight.
    package var unacknowledgedSegments: UInt32
    /// Segments sent again, over the whole life.
    package var totalRetransmits: UInt32
    /// Octets acknowledged by the peer: counts the SYN of an active open, and our FIN.
    package var bytesAcknowledged: UInt64?
    /// Octets received in order: counts the peer's FIN.
    package var bytesReceived: UInt64?
    /// Payload octets sent, those sent again counted again (Linux 4.19).
    package var bytesSent: UInt64?
    /// Payload octets sent again (Linux 4.19).
    package var bytesRetransmitted: UInt64?

    package init() {
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
package struct BootWindow: Equatable, Sendable {
    package var earliest: Int64
    package var latest: Int64

    package init(earliest: Int64, latest: Int64) {
        self.earliest = earliest
        self.latest = latest
    }
}

/// How a dump went. A broken dump is told as broken: its rows are sightings, its silences prove
/// nothing.
package struct DumpOutcome: Equatable, Sendable {
    /// When the dump began and ended, nanoseconds of the boot clock.
    package var window: BootWindow
    /// Rows delivered, duplicates included.
    package var rows: Int
    /// Why the dump is not complete; nil when it is.
    package var failure: String?

    package init(window: BootWindow, rows: Int, failure: String?) {
        self.window = window
        self.rows = rows
        self.failure = failure
    }
}

/// What an exact request (no NLM_F_DUMP: one 4-tuple, one cookie) found.
package enum ExactAnswer: Equatable, Sendable {
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
package struct DatagramRow: Equatable, Sendable {
    /// The socket cookie; 0 when the source has none.
    package var cookie: UInt64
    package var tuple: FourTuple
    package var uid: UInt32
    package var inode: UInt64

    package init(cookie: UInt64, tuple: FourTuple, uid: UInt32, inode: UInt64) {
        self.cookie = cookie
        self.tuple = tuple
        self.uid = uid
        self.inode = inode
    }
}
