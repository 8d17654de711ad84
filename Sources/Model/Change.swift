/// One thing that a sample changed in the recording. Each carries the whole row: writing it again
/// replaces it by its id.
package enum Change: Equatable, Sendable {
    /// A connection that is there: new, or changed.
    case alive(ConnectionRecord)
    /// A connection that will not change any more.
    case ended(ConnectionRecord)
    /// A further holder of a connection's socket.
    case owner(OwnerRecord)
    /// A connection that was there at a sample although its dump did not show it.
    case missed(sample: Int64, connection: Int64)
    case listener(ListenerRecord)
    case datagram(DatagramRecord)
    case process(ProcessRecord)
    case descriptors(DescriptorRecord)
    case limit(LimitRecord)
    case namespace(NamespaceRecord)
    case source(SourceRecord)
    case clockStep(ClockStepRecord)
    case gap(GapRecord)
}

/// A further holder of a socket, beside `ConnectionRecord.process`.
package struct OwnerRecord: Equatable, Sendable {
    package var connection: Int64
    package var process: Int64
    package var fromMicroseconds: Int64
    package var untilMicroseconds: Int64?

    package init(connection: Int64, process: Int64, fromMicroseconds: Int64) {
        self.connection = connection
        self.process = process
        self.fromMicroseconds = fromMicroseconds
    }
}

/// A listening socket.
package struct ListenerRecord: Equatable, Sendable {
    package var id: Int64
    package var netns: UInt64
    package var local: Endpoint
    package var interface: UInt32
    package var cookie: UInt64
    package var uid: UInt32?
    package var process: Int64?
    package var firstSeen: Int64
    /// nil while it is there.
    package var lastSeen: Int64?
    package var firstSample: Int64
    /// nil while it is there.
    package var lastSample: Int64?
    package var backlog: UInt32?
    /// The longest accept queue seen.
    package var queuePeak: UInt32?
    /// Connections recorded that it accepted: a lower bound.
    package var accepted: Int64 = 0

    package init(
        id: Int64, netns: UInt64, local: Endpoint, interface: UInt32, cookie: UInt64,
        firstSeen: Int64, firstSample: Int64
    ) {
        self.id = id
        self.netns = netns
        self.local = local
        self.interface = interface
        self.cookie = cookie
        self.firstSeen = firstSeen
        self.firstSample = firstSample
    }
}

/// A bound UDP socket.
package struct DatagramRecord: Equatable, Sendable {
    package var id: Int64
    package var netns: UInt64
    package var tuple: FourTuple
    package var uid: UInt32?
    package var process: Int64?
    package var firstSeen: Int64
    /// nil while it is there.
    package var lastSeen: Int64?

    package init(id: Int64, netns: UInt64, tuple: FourTuple, firstSeen: Int64) {
        self.id = id
        self.netns = netns
        self.tuple = tuple
        self.firstSeen = firstSeen
    }
}

/// A process that held a socket or was counted.
package struct ProcessRecord: Equatable, Sendable {
    package var id: Int64
    package var facts: ProcessFacts
    /// When it started, µs on the recording's axis, to a clock tick.
    package var startedMicroseconds: Int64
    package var firstSeen: Int64
    /// nil while it runs.
    package var lastSeen: Int64?

    package init(id: Int64, facts: ProcessFacts, startedMicroseconds: Int64, firstSeen: Int64) {
        self.id = id
        self.facts = facts
        self.startedMicroseconds = startedMicroseconds
        self.firstSeen = firstSeen
    }
}

/// A stretch of time in which a process's count of descriptors stayed about the same.
package struct DescriptorRecord: Equatable, Sendable {
    package var id: Int64
    package var process: Int64
    package var fromMicroseconds: Int64
    /// nil while it lasts.
    package var untilMicroseconds: Int64?
    package var open: Int64
    package var peak: Int64
    package var softLimit: Int64?
    package var hardLimit: Int64?

    package init(id: Int64, process: Int64, fromMicroseconds: Int64, open: Int64) {
        self.id = id
        self.process = process
        self.fromMicroseconds = fromMicroseconds
        self.open = open
        peak = open
    }
}

/// A kernel limit while it had one value.
package struct LimitRecord: Equatable, Sendable {
    package var id: Int64
    /// nil for a limit of the whole host.
    package var netns: UInt64?
    package var limit: KernelLimit
    package var fromMicroseconds: Int64
    package var untilMicroseconds: Int64?

    package init(id: Int64, netns: UInt64?, limit: KernelLimit, fromMicroseconds: Int64) {
        self.id = id
        self.netns = netns
        self.limit = limit
        self.fromMicroseconds = fromMicroseconds
    }
}

/// A network namespace.
package struct NamespaceRecord: Equatable, Sendable {
    package var netns: UInt64
    package var inode: UInt64?
    package var name: String?
    package var firstSeen: Int64
    package var lastSeen: Int64?

    package init(netns: UInt64, inode: UInt64?, name: String?, firstSeen: Int64) {
        self.netns = netns
        self.inode = inode
        self.name = name
        self.firstSeen = firstSeen
    }
}

/// A source while it worked in one way, and what it could not see.
package struct SourceRecord: Equatable, Sendable {
    package var id: Int64
    package var source: String
    package var fromMicroseconds: Int64
    package var untilMicroseconds: Int64?
    /// Rows, messages or events taken from it.
    package var events: Int64?
    /// Of these, lost; nil where the source cannot tell.
    package var lost: Int64?
    package var reason: String?

    package init(id: Int64, source: String, fromMicroseconds: Int64) {
        self.id = id
        self.source = source
        self.fromMicroseconds = fromMicroseconds
    }
}

/// A step of the wall clock against the boot clock.
package struct ClockStepRecord: Equatable, Sendable {
    /// On the recording's axis.
    package var atMicroseconds: Int64
    /// By how much the wall clock jumped; negative: backwards.
    package var offsetMicroseconds: Int64
    /// The sum of all steps of this recording up to this one.
    package var totalMicroseconds: Int64

    package init(atMicroseconds: Int64, offsetMicroseconds: Int64, totalMicroseconds: Int64) {
        self.atMicroseconds = atMicroseconds
        self.offsetMicroseconds = offsetMicroseconds
        self.totalMicroseconds = totalMicroseconds
    }
}

/// A stretch of time without samples.
package struct GapRecord: Equatable, Sendable {
    package var fromMicroseconds: Int64
    package var untilMicroseconds: Int64
    package var reason: String

    package init(fromMicroseconds: Int64, untilMicroseconds: Int64, reason: String) {
        self.fromMicroseconds = fromMicroseconds
        self.untilMicroseconds = untilMicroseconds
        self.reason = reason
    }
}
