/// One thing that the kernel did to a TCP socket, told when it did it. Events of every network
/// namespace are told.
public struct KernelEvent: Equatable, Sendable {
    /// CLOCK_BOOTTIME, ns.
    public var bootNanoseconds: Int64
    /// What happened.
    public var kind: Kind
    /// The socket cookie: the same over a connection's life, its TIME_WAIT included. 0 for a
    /// mini-socket that was born before the source began, unless a dump had asked for it.
    public var cookie: UInt64
    /// The network namespace's cookie.
    public var netns: UInt64
    /// As far as the kernel knows it at that moment: the local port is 0 at SYN_SENT unless bound.
    /// At SYN_SENT to CLOSE a local port of 0 says that no SYN was ever sent.
    public var tuple: FourTuple
    /// The process on whose time it happened. It is the cause only of what a process does itself:
    /// SYN_SENT, FIN_WAIT1, LAST_ACK. 0 is the idle task.
    public var pid: Int32
    /// The socket's owner; 0 for mini-sockets, where it says nothing.
    public var uid: UInt32
    /// What the socket had counted when it went to CLOSE; nil otherwise.
    public var final: FinalNumbers?
    /// The process that did it, where a process does such a thing itself (to SYN_SENT, FIN_WAIT1
    /// or LAST_ACK); nil otherwise. It may be gone by the time the event is read.
    public var origin: EventOrigin?
    /// From the SYN-ACK to the handshake's end, µs, at a server's ESTABLISHED; nil where the kernel
    /// did not measure it: the SYN-ACK was sent again, or a SYN cookie stood for the request. Whole
    /// milliseconds are unknown too: the kernel may have taken them from a timestamp.
    public var handshakeMicroseconds: UInt32?

    /// What every event tells; the rest is 0 or nil.
    public init(
        bootNanoseconds: Int64, kind: Kind, cookie: UInt64, netns: UInt64, tuple: FourTuple,
        pid: Int32 = 0, uid: UInt32 = 0, final: FinalNumbers? = nil, origin: EventOrigin? = nil,
        handshakeMicroseconds: UInt32? = nil
    ) {
        self.bootNanoseconds = bootNanoseconds
        self.kind = kind
        self.cookie = cookie
        self.netns = netns
        self.tuple = tuple
        self.pid = pid
        self.uid = uid
        self.final = final
        self.origin = origin
        self.handshakeMicroseconds = handshakeMicroseconds
    }

    /// What happened.
    public enum Kind: Equatable, Sendable {
        /// A full socket changed its state. TIME_WAIT is never one of the two: a mini-socket is
        /// born as its full socket goes to CLOSE.
        case state(from: TCPState, to: TCPState)
        /// A reset came; the state is the one it ends.
        case receivedReset(TCPState)
        /// This end sends a reset of its own will (an abortive close, a disconnect, a timeout, a
        /// tool that kills sockets). For SO_LINGER 0, a disconnect and a close over unread octets it
        /// comes after the transition to CLOSE, and its state is CLOSE; for a timeout and for a tool
        /// it comes before, in the state that it ends.
        case sentReset(TCPState)
        /// A mini-socket's timer was armed: it was born, or its time began anew. The state is
        /// TIME_WAIT or FIN_WAIT2. What is left is until the timer is due, to a jiffy.
        ///
        /// A FIN_WAIT2 that becomes TIME_WAIT is not always told: the kernel is silent when the
        /// timer stays in its slot of the timer wheel, 2 s wide for 60 s (__mod_timer in
        /// kernel/time/timer.c). What is left at the end then tells when TIME_WAIT began.
        case timerStarted(TCPState, leftMicroseconds: Int64)
        /// A mini-socket's time is over, right after the cancellation of its timer.
        case timerExpired(TCPState, leftMicroseconds: Int64)
        /// A mini-socket's timer was taken out. Without an expiry or a start right behind it, the
        /// mini-socket ended early: by a reset, or by its 4-tuple being used anew.
        case timerCancelled(TCPState, leftMicroseconds: Int64)
    }
}

/// The counters of a full socket at its end.
public struct FinalNumbers: Equatable, Sendable {
    /// Payload octets sent, those sent again counted again.
    public var bytesSent: UInt64
    /// Payload octets sent again.
    public var bytesRetransmitted: UInt64
    /// Octets acknowledged by the peer: counts the SYN of an active open, and our FIN.
    public var bytesAcknowledged: UInt64
    /// Octets received in order: counts the peer's FIN.
    public var bytesReceived: UInt64
    /// Segments sent again.
    public var totalRetransmits: UInt32
    /// Smoothed round-trip time, µs.
    public var rttMicroseconds: UInt32
    /// `sk_err`, an errno: ECONNREFUSED, ECONNRESET, ETIMEDOUT, EHOSTUNREACH …; 0 for an end that
    /// was no failure, or one that this host itself brought about.
    public var error: Int32

    /// All numbers of an end.
    public init(
        bytesSent: UInt64, bytesRetransmitted: UInt64, bytesAcknowledged: UInt64,
        bytesReceived: UInt64, totalRetransmits: UInt32, rttMicroseconds: UInt32,
        error: Int32 = 0
    ) {
        self.bytesSent = bytesSent
        self.bytesRetransmitted = bytesRetransmitted
        self.bytesAcknowledged = bytesAcknowledged
        self.bytesReceived = bytesReceived
        self.totalRetransmits = totalRetransmits
        self.rttMicroseconds = rttMicroseconds
        self.error = error
    }
}

/// The process that caused an event, as the kernel knew it at that moment.
public struct EventOrigin: Hashable, Sendable {
    /// Its id and start time, as /proc/PID/stat tells them.
    public var process: ProcessIdentity
    /// The name that the process gave itself, up to 15 octets and a 0, first octet lowest; the
    /// thread's own name where a thread has one.
    public var comm: (low: UInt64, high: UInt64)

    /// Pairs a process with its name.
    public init(process: ProcessIdentity, comm: (low: UInt64, high: UInt64)) {
        self.process = process
        self.comm = comm
    }

    /// Names count by all their octets.
    public static func == (left: EventOrigin, right: EventOrigin) -> Bool {
        left.process == right.process && left.comm == right.comm
    }

    /// The process tells it from most others.
    public func hash(into hasher: inout Hasher) { hasher.combine(process) }
}

/// How much of what happens a source of events tells.
public enum EventDetail: Int, Comparable, Sendable {
    /// Nothing.
    case none = 0
    /// Openings, the first step of a close, ends and resets: no timers, no SYN-SENT.
    case edges = 1
    /// All.
    case full = 2

    /// More detail is greater.
    public static func < (left: EventDetail, right: EventDetail) -> Bool {
        left.rawValue < right.rawValue
    }
}

/// What a source of events cost since it began, and what it would tell.
public struct EventCost: Equatable, Sendable {
    /// Processor time of the BPF programs, ns, by their own sampled clock.
    public var programNanoseconds: Int64
    /// Processor time of the thread that drains them, ns.
    public var readerNanoseconds: Int64
    /// What the full detail would have told, shed events included.
    public var seenFull: Int64
    /// What the edges alone would have told, shed events included.
    public var seenEdges: Int64
    /// What was told.
    public var told: Int64

    /// A cost; nothing by default.
    public init(
        programNanoseconds: Int64 = 0, readerNanoseconds: Int64 = 0, seenFull: Int64 = 0,
        seenEdges: Int64 = 0, told: Int64 = 0
    ) {
        self.programNanoseconds = programNanoseconds
        self.readerNanoseconds = readerNanoseconds
        self.seenFull = seenFull
        self.seenEdges = seenEdges
        self.told = told
    }
}

/// Events that the kernel could not tell, exactly counted, since the source began.
public struct EventLoss: Equatable, Sendable {
    /// Changes of state that found no room in the ring.
    public var states: UInt64
    /// Resets, received or sent, that found no room in the ring.
    public var resets: UInt64
    /// Timers of mini-sockets that found no room in the ring.
    public var timers: UInt64
    /// Records that came but could not be read.
    public var unreadable: UInt64

    /// Counts of each kind; nothing by default.
    public init(
        states: UInt64 = 0, resets: UInt64 = 0, timers: UInt64 = 0, unreadable: UInt64 = 0
    ) {
        self.states = states
        self.resets = resets
        self.timers = timers
        self.unreadable = unreadable
    }

    /// All of them.
    public var total: UInt64 { states + resets + timers + unreadable }
}
