import Model

/// What must be at hand of every socket at every dump: small, so that a still table costs one
/// look-up and one cache line a socket. All else is in its `ConnectionRecord`.
struct HotSocket {
    /// The socket was there at this moment, µs: the earliest of its last sight.
    var seen: Int64
    /// The last event told of it, µs; .min when none was.
    var heard: Int64 = .min
    /// Of the numbers that a record keeps and that move without a change of state; of a TIME-WAIT
    /// the earliest moment of its entry.
    var fingerprint: UInt64
    /// Of cookie and 4-tuple; 0 when nothing has this name.
    var identity: UInt64
    /// The descriptor's inode, 0 when none is known; of a TIME-WAIT the latest moment of its entry.
    var inode: UInt64
    /// The last dump that showed it.
    var generation: UInt32
    /// The place of the socket that followed it in a dump.
    var successor: UInt32 = 0
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
        /// Its cookie leads to it: of two lives with one cookie, full or mini both, to the later.
        static let told = Flags(rawValue: 16384)

        /// What a dump's row may change even where it shows nothing new.
        static let restless: Flags = [.unsettled, .unshown, .awaiting, .cancelled]

        func isTold(asMini isMini: Bool) -> Bool {
            contains(.told) && contains(.mini) == isMini
        }
    }
}

extension SocketRow {
    /// Mixes what a record keeps of a row's numbers; equal rows have equal fingerprints.
    @inline(__always)
    var fingerprint: UInt64 {
        let queues = UInt64(receiveQueue) << 32 | UInt64(sendQueue)
        guard let info else { return queues.mixed }
        let round = UInt64(info.totalRetransmits) << 32 | UInt64(info.rttMicroseconds)
        return UInt64.folded(queues, info.bytesAcknowledged ?? 0)
            ^ UInt64.folded(info.bytesReceived ?? 0, round, salt: 1)
            ^ (info.bytesSent ?? 0).mixed
    }
}

extension FourTuple {
    /// Tells two 4-tuples apart for as good as certain.
    var mark: UInt64 { mark(with: 0) }

    /// The same of a 4-tuple and a cookie.
    @inline(__always)
    func mark(with cookie: UInt64) -> UInt64 {
        let ports = UInt64(local.port) << 48 | UInt64(peer.port) << 32 | UInt64(interface)
        let addresses = UInt64.folded(local.address.low, peer.address.low)
        let heads = UInt64.folded(local.address.high, peer.address.high, salt: 1)
        return addresses ^ heads ^ UInt64.folded(ports, cookie, salt: 2)
    }
}

extension HotSocket {
    /// A dump row that was read in this window may be older than the last event.
    func isAhead(of window: Window) -> Bool { heard >= window.earliest }

    /// Keeps between which moments its TIME-WAIT was entered for the last time, so that a row that
    /// tells no more is known at once.
    mutating func keepEntry(_ entry: Bounds?) {
        fingerprint = UInt64(bitPattern: entry?.earliest ?? .max)
        inode = UInt64(bitPattern: entry?.latest ?? .min)
    }

    /// Whether what a timer tells of the entry is known better.
    func hasEntry(within told: Bounds) -> Bool {
        let (earliest, latest) = (Int64(bitPattern: fingerprint), Int64(bitPattern: inode))
        guard earliest <= latest else { return false }
        return told.earliest ?? .min <= earliest && latest <= told.latest ?? .max
    }
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

    /// One number of two: both halves of the product, after each was mixed with a constant of its
    /// own (wyhash: Wang Yi, 2019; its constants).
    @inline(__always)
    static func folded(_ one: UInt64, _ other: UInt64, salt: Int = 0) -> UInt64 {
        let (first, second): (UInt64, UInt64) =
            switch salt {
            case 0: (0xa076_1d64_78bd_642f, 0xe703_7ed1_a0b4_28db)
            case 1: (0x8ebc_6af0_9c88_c6e3, 0x5899_65cc_7537_4cc3)
            default: (0x1d8e_4e27_c47d_124f, 0xeb44_acca_b455_d165)
            }
        let product = (one ^ first).multipliedFullWidth(by: other ^ second)
        return product.high ^ product.low
    }
}
