internal import Model
internal import Wire

/// Where the ring puts its events until they are handed over.
final class EventBatch {
    /// After so many the ring pauses.
    static let capacity = 4096

    /// The events since the last emptying.
    var events: [KernelEvent] = []
    /// Events since the ring began.
    private(set) var taken: Int64 = 0
    /// Records that could not be read.
    private(set) var unreadable: UInt64 = 0
    private let jiffyMicroseconds: Int64

    init(jiffyMicroseconds: Int64) {
        self.jiffyMicroseconds = jiffyMicroseconds
        events.reserveCapacity(Self.capacity)
    }

    /// Whether the ring paused, and may hold more.
    var isFull: Bool { events.count >= Self.capacity }

    /// What libbpf calls for each record; anything but 0 makes it pause behind this record.
    static func take(
        context: UnsafeMutableRawPointer?, record: UnsafeMutableRawPointer?, octets: Int
    ) -> Int32 {
        guard let context = unsafe context, let record = unsafe record else { return 0 }
        // Unsafe: the context is the batch of the ring's owner, and the record has so many octets.
        let batch = unsafe Unmanaged<EventBatch>.fromOpaque(context).takeUnretainedValue()
        unsafe batch.append(RawSpan(_unsafeStart: record, byteCount: octets))
        return batch.isFull ? -1 : 0
    }

    private func append(_ record: RawSpan) {
        guard let event = KernelEvent(record: record, jiffyMicroseconds: jiffyMicroseconds) else {
            unreadable += 1
            return
        }
        events.append(event)
        taken += 1
    }
}
