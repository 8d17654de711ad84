/// One thing that the kernel did to a TCP socket, told when it did it. Events of every network
/// namespace are told.
package struct KernelEvent: Equatable, Sendable {
    /// CLOCK_BOOTTIME, ns.
    package var bootNanoseconds: Int64
    package var kind: Kind
    /// The socket cookie: the same over a connection's life, its TIME_WAIT included. 0 for a
    /// mini-socket that was born before the source began, unless a dump had asked for it.
    package var cookie: UInt64
    /// The network namespace's cookie.
    package var netns: UInt64
    /// As far as the kernel knows it at that moment: the local port is 0 at SYN_SENT unless bound,
    /// and at CLOSE.
    package var tuple: FourTuple
    /// The process on whose time it happened. It is the cause only of what a process does itself:
    /// SYN_SENT, FIN_WAIT1, LAST_ACK. 0 is the idle task.
    package var pid: Int32
    /// The socket's owner; 0 for mini-sockets, where it says nothing.
    package var uid: UInt32
    /// What the socket had counted when it went to CLOSE; nil otherwise.
    package var final: FinalNumbers?

    package init(
        bootNanoseconds: Int64, kind: Kind, cookie: UInt64, netns: UInt64, tuple: FourTuple,
        pid: Int32 = 0, uid: UInt32 = 0, final: FinalNumbers? = nil
    ) {
        self.bootNanoseconds = bootNanoseconds
        self.kind = kind
        self.cookie = cookie
        self.netns = netns
        self.tuple = tuple
        self.pid = pid
        self.uid = uid
        self.final = final
    }

    /// What happened.
    package enum Kind: Equatable, Sendable {
        /// A full socket changed its state. TIME_WAIT is never one of the two: a mini-socket is
        /// born as its full socket goes to CLOSE.
        case state(from: TCPState, to: TCPState)
        /// A reset came; the state is the one it ends.
        case receivedReset(TCPState)
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
package struct FinalNumbers: Equatable, Sendable {
    /// Payload octets sent, those sent again counted again.
    package var bytesSent: UInt64
    /// Payload octets sent again.
    package var bytesRetransmitted: UInt64
    /// Octets acknowledged by the peer: counts the SYN of an active open, and our FIN.
    package var bytesAcknowledged: UInt64
    /// Octets received in order: counts the peer's FIN.
    package var bytesReceived: UInt64
    /// Segments sent again.
    package var totalRetransmits: UInt32
    /// Smoothed round-trip time, µs.
    package var rttMicroseconds: UInt32

    package init(
        bytesSent: UInt64, bytesRetransmitted: UInt64, bytesAcknowledged: UInt64,
        bytesReceived: UInt64, totalRetransmits: UInt32, rttMicroseconds: UInt32
    ) {
        self.bytesSent = bytesSent
        self.bytesRetransmitted = bytesRetransmitted
        self.bytesAcknowledged = bytesAcknowledged
        self.bytesReceived = bytesReceived
        self.totalRetransmits = totalRetransmits
        self.rttMicroseconds = rttMicroseconds
    }
}

/// Events that the kernel could not tell, exactly counted, since the source began.
package struct EventLoss: Equatable, Sendable {
    /// Changes of state that found no room in the ring.
    package var states: UInt64
    /// Resets received that found no room in the ring.
    package var resets: UInt64
    /// Timers of mini-sockets that found no room in the ring.
    package var timers: UInt64
    /// Records that came but could not be read.
    package var unreadable: UInt64

    package init(
        states: UInt64 = 0, resets: UInt64 = 0, timers: UInt64 = 0, unreadable: UInt64 = 0
    ) {
        self.states = states
        self.resets = resets
        self.timers = timers
        self.unreadable = unreadable
    }

    /// All of them.
    package var total: UInt64 { states + resets + timers + unreadable }
}
