/// Which end this host is. Transitions decide, else the SYN's octet in tcp_info, else a listener.
public enum Role: Int64, Sendable {
    case unknown = 0
    case client = 1
    case server = 2
}

/// Who closed first, or reset.
public enum Closer: Int64, Sendable {
    case unknown = 0
    case local = 1
    case peer = 2
    case both = 3
}

/// How a connection or an attempt ended.
public enum CloseKind: Int64, Sendable {
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
public enum TimeWaitEnd: Int64, Sendable {
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
/// recording's axis. A ledger keeps one of each living socket, so what most lack takes little room.
public struct ConnectionRecord: Equatable, Sendable {
    /// Unique in the file, ascending with the sample that first saw the connection.
    public var id: Int64
    /// SO_NETNS_COOKIE of its namespace, 0 when the kernel has none.
    public var netns: UInt64
    /// Both ends, as this host sees them.
    public var tuple: FourTuple
    /// The socket cookie, 0 when the source has none.
    public var cookie: UInt64
    /// `processes.process_id` of the owner.
    @inlinable public var process: Int64? {
        get { keptProcess.number }
        set { keptProcess.number = newValue }
    }
    /// SYN sent or received.
    public var attempted = Bounds.unknown
    /// Became ESTABLISHED. `earliest` nil: open before the recording began.
    public var opened = Bounds.unknown
    /// End of the full socket. `latest` nil: not ended as far as known.
    public var closed = Bounds.unknown
    /// Payload octets, nil where unknown.
    @inlinable public var bytesSent: UInt64? {
        get { keptBytesSent.number }
        set { keptBytesSent.number = newValue }
    }
    /// Payload octets, nil where unknown.
    @inlinable public var bytesReceived: UInt64? {
        get { keptBytesReceived.number }
        set { keptBytesReceived.number = newValue }
    }
    /// The first sample whose table holds the connection; nil when it lived between two samples.
    @inlinable public var firstSample: Int64? {
        get { keptFirstSample.number }
        set { keptFirstSample.number = newValue }
    }
    /// The last such sample, nil while it is there.
    @inlinable public var lastSample: Int64? {
        get { keptLastSample.number }
        set { keptLastSample.number = newValue }
    }
    /// Its stays, when its life is more than ESTAB and then TIME-WAIT; TIME-WAIT is never among
    /// them. Empty for the regular life, which needs no rows of its own.
    public var spans: [SpanRecord] = []
    /// nil where only a mini-socket was seen.
    @inlinable public var uid: UInt32? {
        get { keptUid.number }
        set { keptUid.number = newValue }
    }
    /// Segments sent again, nil where unknown.
    @inlinable public var retransmits: UInt32? {
        get { keptRetransmits.number }
        set { keptRetransmits.number = newValue }
    }
    /// The last smoothed round-trip time, µs; nil where unknown.
    @inlinable public var rttMicroseconds: UInt32? {
        get { keptRttMicroseconds.number }
        set { keptRttMicroseconds.number = newValue }
    }
    /// Most octets that a dump saw unread; nil where none saw its queues.
    @inlinable public var receiveQueuePeak: UInt32? {
        get { keptReceiveQueuePeak.number }
        set { keptReceiveQueuePeak.number = newValue }
    }
    /// Most octets that a dump saw not acknowledged; nil where none saw its queues.
    @inlinable public var sendQueuePeak: UInt32? {
        get { keptSendQueuePeak.number }
        set { keptSendQueuePeak.number = newValue }
    }

    // Where what may be missing is kept: the larger first, so that no room is lost between them.
    @usableFromInline var keptProcess = Compact<Int64>()
    @usableFromInline var keptBytesSent = Compact<UInt64>()
    @usableFromInline var keptBytesReceived = Compact<UInt64>()
    @usableFromInline var keptFirstSample = Compact<Int64>()
    @usableFromInline var keptLastSample = Compact<Int64>()
    @usableFromInline var keptClosingBegan = Compact<Int64>()
    @usableFromInline var keptClosingHalf = Compact<Int64>()
    /// At most one.
    @usableFromInline var timeWaits: [TimeWaitRecord] = []
    @usableFromInline var keptUid = Compact<UInt32>()
    @usableFromInline var keptRetransmits = Compact<UInt32>()
    @usableFromInline var keptRttMicroseconds = Compact<UInt32>()
    @usableFromInline var keptReceiveQueuePeak = Compact<UInt32>()
    @usableFromInline var keptSendQueuePeak = Compact<UInt32>()
    @usableFromInline var dirtySpan: UInt32 = 0

    /// Which end this host is.
    public var role: Role = .unknown
    /// The last state seen.
    public var state: TCPState
    /// Who closed first, or reset.
    public var closedBy: Closer = .unknown
    /// How it ended.
    public var closeKind: CloseKind = .unknown

    /// A connection of which nothing else is known.
    public init(id: Int64, netns: UInt64, tuple: FourTuple, cookie: UInt64, state: TCPState) {
        self.id = id
        self.netns = netns
        self.tuple = tuple
        self.cookie = cookie
        self.state = state
    }

    /// Its stay in TIME_WAIT.
    @inlinable public var timeWait: TimeWaitRecord? {
        get { timeWaits.first }
        set {
            guard let newValue else { return timeWaits = [] }
            if timeWaits.isEmpty { timeWaits = [newValue] } else { timeWaits[0] = newValue }
        }
    }

    /// The steps of a regular close, where both are exact and no sample saw them; its life then
    /// needs no spans.
    public var closing: ClosingSteps? {
        get {
            guard let began = keptClosingBegan.number, let half = keptClosingHalf.number else {
                return nil
            }
            return ClosingSteps(began: began, half: half)
        }
        set {
            keptClosingBegan.number = newValue?.began
            keptClosingHalf.number = newValue?.half
        }
    }

    /// The first of `spans` that the store has not yet, or has in an older form.
    @inlinable public var firstDirtySpan: Int {
        get { Int(dirtySpan) }
        set { dirtySpan = UInt32(clamping: newValue) }
    }
}

/// The steps of a regular close between ESTAB and the end of the full socket, µs on the
/// recording's axis, each exact. Which states they are, `closed_by` tells: FIN-WAIT-1 and
/// FIN-WAIT-2 where this end closed first, CLOSE-WAIT and LAST-ACK where the peer did.
public struct ClosingSteps: Equatable, Sendable {
    /// Entered FIN-WAIT-1 or CLOSE-WAIT, and left ESTAB.
    public var began: Int64
    /// Entered FIN-WAIT-2 or LAST-ACK.
    public var half: Int64

    /// Pairs both steps.
    public init(began: Int64, half: Int64) {
        self.began = began
        self.half = half
    }
}

/// A connection's stay in TIME_WAIT.
public struct TimeWaitRecord: Equatable, Sendable {
    /// The first entry.
    public var entered: Bounds
    /// The latest entry: a late FIN restarts the 60 s. Not stored.
    public var latestEntry: Bounds
    /// The end of the stay; unknown while it lasts.
    public var left = Bounds.unknown
    /// How often its 60 s began anew.
    public var restarts: Int64 = 0
    /// How it ended.
    public var endedBy: TimeWaitEnd = .open
    /// The first sample that shows it; nil when none does.
    public var firstSample: Int64?

    /// A stay that began within these bounds.
    public init(entered: Bounds, firstSample: Int64?) {
        self.entered = entered
        latestEntry = entered
        self.firstSample = firstSample
    }
}

/// One stay in one state.
public struct SpanRecord: Equatable, Sendable {
    /// The state stayed in.
    public var state: TCPState
    /// Its beginning.
    public var entered: Bounds
    /// The end of the stay; unknown while it lasts.
    public var left = Bounds.unknown
    /// The first sample that shows it; nil when none does.
    public var firstSample: Int64?
    /// nil while the stay lasts.
    public var lastSample: Int64?

    /// A stay that began within these bounds.
    public init(state: TCPState, entered: Bounds, firstSample: Int64?) {
        self.state = state
        self.entered = entered
        self.firstSample = firstSample
    }
}
