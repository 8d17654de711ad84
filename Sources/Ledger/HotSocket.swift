import Model

/// What must be at hand of every socket at every dump: small, so that a still table costs one
/// look-up and one cache line a socket. All else is in its `ConnectionRecord`.
struct HotSocket {
    /// The socket was there at this moment, µs: the earliest of its last sight.
    var seen: Int64
    /// The last event told of it, µs; .min when none was.
    var heard: Int64 = .min
    /// Of the numbers that a record keeps and that move without a change of state.
    var fingerprint: UInt64
    /// Of cookie and 4-tuple.
    var identity: UInt64
    /// The descriptor's inode, 0 when none is known.
    var inode: UInt64
    /// The last dump that showed it.
    var generation: UInt32
    var state: TCPState
    var flags: Flags

    struct Flags: OptionSet {
        var rawValue: UInt16
        /// The slot is in use.
        static let alive = Flags(rawValue: 1)
        /// Lives on as a mini-socket.
        static let mini = Flags(rawValue: 2)
        /// Its row will be written at the end of this sample.
        static let dirty = Flags(rawValue: 4)
        /// Its numbers moved since they were last written.
        static let moved = Flags(rawValue: 8)
        /// Absent from the dump before this one, and not yet asked for.
        static let unsettled = Flags(rawValue: 16)
        /// A new connection with its 4-tuple appeared while it was unsettled.
        static let succeeded = Flags(rawValue: 32)
        /// Its attempt was counted, or is not one to count.
        static let counted = Flags(rawValue: 64)
        /// A reset came for it, or left it.
        static let resetReceived = Flags(rawValue: 128)
        static let resetSent = Flags(rawValue: 256)
        /// The full socket is over; the next dump tells whether a TIME_WAIT followed.
        static let awaiting = Flags(rawValue: 512)
        /// Rows of its spans were handed over.
        static let spansTold = Flags(rawValue: 1024)
        /// The timer of its mini-socket was taken out, and nothing has told why yet.
        static let cancelled = Flags(rawValue: 2048)
        /// Its FIN_WAIT2 was a mini-socket: the peer's FIN is in no count of the full socket.
        static let orphaned = Flags(rawValue: 4096)
        /// No dump has shown the state that it is in.
        static let unshown = Flags(rawValue: 8192)
    }
}

extension SocketRow {
    /// Mixes what a record keeps of a row's numbers; equal rows have equal fingerprints.
    var fingerprint: UInt64 {
        var hash = UInt64(receiveQueue) << 32 | UInt64(sendQueue)
        guard let info else { return hash.mixed }
        hash = hash.mixed ^ (info.bytesAcknowledged ?? 0)
        hash = hash.mixed ^ (info.bytesReceived ?? 0)
        hash = hash.mixed ^ (info.bytesSent ?? 0)
        hash = hash.mixed ^ (UInt64(info.totalRetransmits) << 32 | UInt64(info.rttMicroseconds))
        return hash.mixed
    }
}

extension FourTuple {
    /// Tells two 4-tuples apart for as good as certain.
    var mark: UInt64 {
        var hash = local.address.high ^ UInt64(local.port) << 16 ^ UInt64(peer.port)
        hash = hash.mixed ^ local.address.low
        hash = hash.mixed ^ peer.address.high
        hash = hash.mixed ^ peer.address.low ^ UInt64(interface) << 32
        return hash.mixed
    }
}

extension HotSocket {
    /// A dump row that was read in this window may be older than the last event.
    func isAhead(of window: Window) -> Bool { heard >= window.earliest }
}

extension UInt64 {
    /// A bijection that spreads every bit (the finalizer of SplitMix64: Steele, Lea and Flood,
    /// OOPSLA 2014).
    var mixed: UInt64 {
        var value = self &+ 0x9e37_79b9_7f4a_7c15
        value = (value ^ (value &>> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value &>> 27)) &* 0x94d0_49bb_1331_11eb
        return value ^ (value &>> 31)
    }
}
