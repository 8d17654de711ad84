internal import CKernel
internal import Glibc
internal import Model
internal import Wire

/// The ring in which the BPF programs leave their events, for one reader.
@safe struct EventRing: ~Copyable {
    /// Events that were read.
    private(set) var taken: Int64 = 0
    /// Records that could not be read.
    private(set) var unreadable: UInt64 = 0
    private var ring: event_ring
    private let jiffyMicroseconds: Int64

    /// Maps the ring of a map by its descriptor.
    init(map: Int32, jiffyMicroseconds: Int64) throws(KernelError) {
        var ring = unsafe event_ring()
        // Unsafe: the ring outlives the call, which fills it in.
        guard unsafe event_ring_open(&ring, map) == 0 else {
            throw KernelError(call: "map", object: "the ring of BPF events", errno: errno)
        }
        unsafe self.ring = unsafe ring
        self.jiffyMicroseconds = jiffyMicroseconds
    }

    deinit {
        // Unsafe: a copy of what was mapped, which nobody uses any more.
        var last = unsafe ring
        unsafe event_ring_close(&last)
    }

    /// Appends at most so many events, the oldest first, and tells whether more may be there.
    mutating func take(atMost count: Int, into events: inout [KernelEvent]) -> Bool {
        // Unsafe: the ring is mapped, and a record stays as it is until its room is given back.
        defer { unsafe event_ring_release(&ring) }
        for _ in 0..<count {
            var octets = 0
            guard let record = unsafe event_ring_next(&ring, &octets) else { return false }
            let span = unsafe RawSpan(_unsafeStart: record, byteCount: octets)
            if let event = KernelEvent(record: span, jiffyMicroseconds: jiffyMicroseconds) {
                events.append(event)
                taken += 1
            } else {
                unreadable += 1
            }
        }
        return true
    }
}
