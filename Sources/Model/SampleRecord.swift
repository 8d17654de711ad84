/// What one sample writes of itself, besides the changes that it found.
package struct SampleRecord: Equatable, Sendable {
    /// What a sample's table rests on.
    package enum Basis: Int64, Sendable {
        /// A walk of the kernel's table.
        case dump = 0
        /// What the ledger knew, without a walk.
        case ledger = 1
    }

    /// Unique in the file, ascending by one.
    package var id: Int64
    /// The dump's start, or the moment of which the ledger knows, µs on the recording's axis.
    package var sampledMicroseconds: Int64
    package var basis: Basis = .dump
    /// How long the dump took, µs; nil without a dump.
    package var dumpMicroseconds: Int64?
    /// TCP sockets of all namespaces, LISTEN and SYN-RECV included; nil when the dump broke.
    package var sockets: Int64?
    /// Whether the table is whole.
    package var complete = true
    /// The id that the next new connection will get.
    package var nextConnection: Int64
    package var fileHandles: FileHandleCounts?
    package var namespaces: [NamespaceSample] = []
    package var health = RecorderHealth()

    package init(id: Int64, sampledMicroseconds: Int64, nextConnection: Int64) {
        self.id = id
        self.sampledMicroseconds = sampledMicroseconds
        self.nextConnection = nextConnection
    }
}

/// One network namespace at one sample.
package struct NamespaceSample: Equatable, Sendable {
    package var netns: UInt64
    package var states: StateCounts?
    package var counters = KernelCounters()
    package var statistics = SocketStatistics()
    /// Attempts newly recorded by this sample, as client, as server, and of unknown role. What was
    /// open before the recording never counts.
    package var recordedActive: Int64 = 0
    package var recordedPassive: Int64 = 0
    package var recordedUnattributed: Int64 = 0

    package init(netns: UInt64) { self.netns = netns }
}

/// Sockets by state.
package struct StateCounts: Equatable, Sendable {
    /// By the kernel's number of the state, 0 to 12.
    private var counts = InlineArray<13, Int64>(repeating: 0)
    package private(set) var total: Int64 = 0
    /// Whether handshakes that are not complete are counted; nothing but a dump tells of them.
    package var countsHandshakes = true

    package init() {}

    /// Counts sockets more.
    package mutating func add(_ state: TCPState, count: Int64 = 1) {
        total += count
        guard state.rawValue < 13 else { return }
        counts[Int(state.rawValue)] += count
    }

    /// Counts one socket less.
    package mutating func remove(_ state: TCPState) { add(state, count: -1) }

    /// The count of one state; SYN-RECV includes request sockets.
    package subscript(state: TCPState) -> Int64 {
        guard state.rawValue < 13 else { return 0 }
        let own = counts[Int(state.rawValue)]
        return state == .synReceived ? own + counts[12] : own
    }

    /// The same; nil where nothing tells it.
    package func known(_ state: TCPState) -> Int64? {
        state == .synReceived && !countsHandshakes ? nil : self[state]
    }

    package static func == (left: StateCounts, right: StateCounts) -> Bool {
        left.total == right.total && left.countsHandshakes == right.countsHandshakes
            && (0..<13).allSatisfy { left.counts[$0] == right.counts[$0] }
    }
}

/// How the recorder itself fares.
package struct RecorderHealth: Equatable, Sendable {
    /// How late the sample began, µs.
    package var lagMicroseconds: Int64?
    /// How long the last write took, µs.
    package var writeMicroseconds: Int64?
    package var backlogBytes: Int64?
    package var lateEvents: Int64?
    /// Contradictions between two sources, or between two dumps.
    package var drift: Int64?
    package var memoryBytes: Int64?
    package var fileBytes: Int64?

    package init() {}
}
