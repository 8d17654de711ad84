/// Counters since boot of one network namespace (/proc/net/snmp, /proc/net/netstat); nil where the
/// kernel does not name one.
package struct KernelCounters: Equatable, Sendable {
    /// SYN_SENT attempts, failed ones included (ActiveOpens).
    package var activeOpens: Int64?
    /// Handshakes completed by a listener (PassiveOpens).
    package var passiveOpens: Int64?
    package var attemptFails: Int64?
    package var establishedResets: Int64?
    package var retransmittedSegments: Int64?
    package var listenOverflows: Int64?
    package var listenDrops: Int64?
    /// Mini-sockets made (TW), orphaned FIN_WAIT2 included.
    package var timeWaitEntries: Int64?
    /// Closers that got no TIME_WAIT because of tcp_max_tw_buckets (TCPTimeWaitOverflow).
    package var timeWaitOverflow: Int64?

    package init() {}
}

/// Gauges of /proc/net/sockstat{,6} of one network namespace; memory in pages.
package struct SocketStatistics: Equatable, Sendable {
    package var socketsUsed: Int64?
    package var tcpInUse: Int64?
    package var tcpOrphans: Int64?
    package var tcpTimeWait: Int64?
    package var tcpAllocated: Int64?
    package var tcpMemoryPages: Int64?
    package var udpInUse: Int64?
    package var udpMemoryPages: Int64?

    package init() {}
}

/// /proc/sys/fs/file-nr.
package struct FileHandleCounts: Equatable, Sendable {
    package var allocated: Int64
    /// Always 0 since Linux 2.6.
    package var unused: Int64
    package var maximum: Int64

    package init(allocated: Int64, unused: Int64, maximum: Int64) {
        self.allocated = allocated
        self.unused = unused
        self.maximum = maximum
    }
}

/// A limit of the host or of a network namespace, by the last part of its sysctl name.
package struct KernelLimit: Hashable, Sendable {
    package var name: String
    /// As the kernel prints it, tabs as single spaces.
    package var value: String

    package init(name: String, value: String) {
        self.name = name
        self.value = value
    }
}

/// What does not change while a host is up.
package struct HostFacts: Equatable, Sendable {
    package var hostname: String
    /// /proc/sys/kernel/random/boot_id.
    package var bootID: String
    /// `uname -r`.
    package var kernelRelease: String
    /// SO_NETNS_COOKIE of the recorder's own namespace; nil before Linux 5.14.
    package var netnsCookie: UInt64?
    /// The inode of the recorder's own namespace.
    package var netnsInode: UInt64?
    /// One jiffy, µs.
    package var jiffyMicroseconds: Int64
    /// Clock ticks a second (USER_HZ), the unit of process start times.
    package var ticksPerSecond: Int64

    package init(
        hostname: String, bootID: String, kernelRelease: String, netnsCookie: UInt64?,
        netnsInode: UInt64?, jiffyMicroseconds: Int64, ticksPerSecond: Int64
    ) {
        self.hostname = hostname
        self.bootID = bootID
        self.kernelRelease = kernelRelease
        self.netnsCookie = netnsCookie
        self.netnsInode = netnsInode
        self.jiffyMicroseconds = jiffyMicroseconds
        self.ticksPerSecond = ticksPerSecond
    }
}

/// The clocks of one moment, nanoseconds, read so that the wall clock lies between two readings of
/// the boot clock.
package struct ClockReading: Equatable, Sendable {
    /// CLOCK_BOOTTIME.
    package var boot: Int64
    /// CLOCK_REALTIME.
    package var wall: Int64
    /// CLOCK_MONOTONIC, which stands still in suspend.
    package var monotonic: Int64

    package init(boot: Int64, wall: Int64, monotonic: Int64) {
        self.boot = boot
        self.wall = wall
        self.monotonic = monotonic
    }
}

/// Something that a source cannot see, and what would let it.
package struct SourceNote: Hashable, Sendable {
    /// The source's name as the view `sources` gives it.
    package var source: String
    /// What is hidden and the remedy, one sentence.
    package var reason: String

    package init(source: String, reason: String) {
        self.source = source
        self.reason = reason
    }
}

/// A network namespace as the host shows it.
package struct NamespaceFacts: Hashable, Sendable {
    /// SO_NETNS_COOKIE.
    package var cookie: UInt64
    /// Of nsfs; reused at once when a namespace is gone.
    package var inode: UInt64
    /// Its name in /run/netns, or that of the container or unit of a process within; nil where
    /// neither is known.
    package var name: String?

    package init(cookie: UInt64, inode: UInt64, name: String? = nil) {
        self.cookie = cookie
        self.inode = inode
        self.name = name
    }
}
