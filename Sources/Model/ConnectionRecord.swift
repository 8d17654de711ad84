/// Which end this host is. Transitions decide, else the SYN's octet in tcp_info, else a listener.
package enum Role: Int64, Sendable {
    case unknown = 0
    case client = 1
    case server = 2
}

/// Who closed first, or reset.
package enum Closer: Int64, Sendable {
    case unknown = 0
    case local = 1
    case peer = 2
    case both = 3
}

/// How a connection or an attempt ended.
package enum CloseKind: Int64, Sendable {
    case unknown = 0
    case fin = 1
    case reset = 2
    case refused = 3
    case connectTimeout = 4
    case timeout = 5
    case aborted = 6
    /// The attempt never left this host: no local port was free for it, or no route led there.
    case notSent = 7
    /// The attempt met an error on its way, such as an unreachable host.
    case unreachable = 8
}

/// How a TIME_WAIT ended.
package enum TimeWaitEnd: Int64, Sendable {
    /// There at the last sample.
    case open = 0
    case expired = 1
    /// A new incarnation of the 4-tuple took its place.
    case reused = 2
    /// Ended before its 60 s were over, by a reset for one.
    case cutShort = 3
    /// Its end fell into a gap of the recording.
    case unobserved = 4
    /// There was none: its table had no room (tcp_max_tw_buckets). Entered and left are the end of
    /// the full socket.
    case noRoom = 5
}

/// One incarnation of a 4-tuple, as far as it is known: what the store writes. Times are µs on the
/// recording's axis.
package struct ConnectionRecord: Equatable, Sendable {
    /// Unique in the file, ascending with the sample that first saw the connection.
    package var id: Int64
    /// SO_NETNS_COOKIE of its namespace, 0 when the kernel has none.
    package var netns: UInt64
    package var tuple: FourTuple
    /// The socket cookie, 0 when the source has none.
    package var cookie: UInt64
    package var role: Role = .unknown
    /// `processes.process_id` of the owner.
    package var process: Int64?
    /// nil where only a mini-socket was seen.
    package var uid: UInt32?
    /// The last state seen.
    package var state: TCPState
    /// SYN sent or received.
    package var attempted = Bounds.unknown
    /// Became ESTABLISHED. `earliest` nil: open before the recording began.
    package var opened = Bounds.unknown
    /// End of the full socket. `latest` nil: not ended as far as known.
    package var closed = Bounds.unknown
    package var closedBy: Closer = .unknown
    package var closeKind: CloseKind = .unknown
    /// Payload octets, nil where unknown.
    package var bytesSent: UInt64?
    package var bytesReceived: UInt64?
    package var retransmits: UInt32?
    package var rttMicroseconds: UInt32?
    package var receiveQueuePeak: UInt32?
    package var sendQueuePeak: UInt32?
    /// The first sample whose table holds the connection; nil when it lived between two samples.
    package var firstSample: Int64?
    /// The last such sample, nil while it is there.
    package var lastSample: Int64?
    package var timeWait: TimeWaitRecord?
    /// The steps of a regular close, where both are exact and no sample saw them; its life then
    /// needs no spans.
    package var closing: ClosingSteps?
    /// Its stays, when its life is more than ESTAB and then TIME-WAIT; TIME-WAIT is never among
    /// them. Empty for the regular life, which needs no rows of its own.
    package var spans: [SpanRecord] = []
    /// The first of `spans` that the store has not yet, or has in an older form.
    package var firstDirtySpan = 0

    package init(id: Int64, netns: UInt64, tuple: FourTuple, cookie: UInt64, state: TCPState) {
        self.id = id
        self.netns = netns
        self.tuple = tuple
        self.cookie = cookie
        self.state = state
    }
}

/// The steps of a regular close between ESTAB and the end of the full socket, µs on the
/// recording's axis, each exact. Which states they are, `closed_by` tells: FIN-WAIT-1 and
/// FIN-WAIT-2 where this end closed first, CLOSE-WAIT and LAST-ACK where the peer did.
package struct ClosingSteps: Equatable, Sendable {
    /// Entered FIN-WAIT-1 or CLOSE-WAIT, and left ESTAB.
    package var began: Int64
    /// Entered FIN-WAIT-2 or LAST-ACK.
    package var half: Int64

    package init(began: Int64, half: Int64) {
        self.began = began
        self.half = half
    }
}

/// A connection's stay in TIME_WAIT.
package struct TimeWaitRecord: Equatable, Sendable {
    /// The first entry.
    package var entered: Bounds
    /// The latest entry: a late FIN restarts the 60 s. Not stored.
    package var latestEntry: Bounds
    package var left = Bounds.unknown
    package var restarts: Int64 = 0
    package var endedBy: TimeWaitEnd = .open
    /// The first sample that shows it; nil when none does.
    package var firstSample: Int64?

    package init(entered: Bounds, firstSample: Int64?) {
        self.entered = entered
        latestEntry = entered
        self.firstSample = firstSample
    }
}

/// One stay in one state.
package struct SpanRecord: Equatable, Sendable {
    package var state: TCPState
    package var entered: Bounds
    package var left = Bounds.unknown
    package var firstSample: Int64?
    /// nil while the stay lasts.
    package var lastSample: Int64?

    package init(state: TCPState, entered: Bounds, firstSample: Int64?) {
        self.state = state
        self.entered = entered
        self.firstSample = firstSample
    }
}
