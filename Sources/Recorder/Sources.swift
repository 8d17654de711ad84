package import Model

/// Where TCP sockets are seen: NETLINK_SOCK_DIAG, or /proc where that is refused.
package protocol TCPSource: AnyObject {
    /// The name that the view `sources` gives, such as `sock_diag`.
    var name: String { get }

    /// Whether its rows carry socket cookies; /proc/net/tcp has none.
    var hasCookies: Bool { get }

    /// Walks the table once and hands over what each reply held, with the window in which the
    /// kernel read it. Never throws: a broken dump is an outcome.
    func dump(into consume: (BootWindow, [SocketRow]) -> Void) -> DumpOutcome

    /// Walks the listening sockets alone, which costs next to nothing; nil where the source cannot.
    func listeners(into consume: (BootWindow, [SocketRow]) -> Void) -> DumpOutcome?

    /// Asks for one socket by 4-tuple and cookie.
    func find(_ tuple: FourTuple, cookie: UInt64) -> ExactAnswer
}

/// The kernel's own word of each change as it happens, in every namespace.
package protocol TransitionSource: AnyObject, Sendable {
    /// The name that the view `sources` gives, such as `bpf`.
    var name: String { get }

    /// Whether the timers of mini-sockets are told.
    var tellsTimers: Bool { get }

    /// What it cannot tell here, and why.
    var notes: [SourceNote] { get }

    /// Hands over all that happened before this call began, each socket's events in their order; from
    /// the first on, what was lost until then is known.
    func take(into consume: ([KernelEvent]) -> Void)

    /// What could not be told since the source began, shed events not among it.
    var lost: EventLoss { get }

    /// What it cost since it began.
    var cost: EventCost { get }

    /// How much is told from now on.
    var detail: EventDetail { get set }

    /// Octets of events that wait to be taken.
    var backlogOctets: Int64 { get }
}

/// The end of each full socket of one namespace, by the kernel's destroy messages.
package protocol CloseSource: AnyObject, Sendable {
    /// The name that the view `sources` gives, such as `sock_destroy`.
    var name: String { get }

    /// Hands over all messages that came, in their order: rows in state CLOSE. The window's latest
    /// moment is that of the receipt; its earliest says nothing.
    func take(into consume: (BootWindow, [SocketRow]) -> Void)

    /// Messages that found no room since the source began, exact.
    var lost: Int64 { get }
}

/// One network namespace, seen from within.
package protocol NetworkNamespace: AnyObject {
    var facts: NamespaceFacts { get }
    var tcp: any TCPSource { get }

    func counters() -> KernelCounters
    func socketStatistics() -> SocketStatistics
    /// Those limits that each namespace has for itself.
    func limits() -> [KernelLimit]
    func datagrams() -> [DatagramRow]?
    /// Begins to listen for destroy messages; throws why that is not possible.
    func closes() throws -> any CloseSource
}

/// Finds the host's network namespaces.
package protocol NamespaceFinder: AnyObject {
    /// What a missing privilege hides, known so far.
    var notes: [SourceNote] { get }

    /// Every namespace that a process lives in or /run/netns names, the recorder's own among them.
    func scan() -> [NamespaceFacts]

    /// Goes in, once: what is given keeps its descriptors.
    func enter(_ namespace: NamespaceFacts) throws -> any NetworkNamespace
}

/// What else the host tells, whatever its namespaces: limits, processes, descriptors.
package protocol HostSource: AnyObject {
    /// What does not change while the host is up.
    var facts: HostFacts { get }

    /// What a missing privilege or an old kernel hides, known so far.
    var notes: [SourceNote] { get }

    /// What the recorder itself takes of the host's memory, octets.
    var residentOctets: Int64? { get }

    func fileHandles() -> FileHandleCounts?
    /// Limits of the whole host.
    func limits() -> [KernelLimit]

    /// Every process and its count of descriptors.
    func processes() -> ProcessScan

    /// What /proc tells of one process; nil when it is gone.
    func facts(of process: ProcessIdentity) -> ProcessFacts?

    /// Who holds these sockets, looked for in the likely processes first; found within the budget,
    /// nanoseconds of the boot clock.
    func owners(
        of inodes: Set<UInt64>, likely: Set<ProcessIdentity>, budgetNanoseconds: Int64
    ) -> OwnerScan
}

/// The clocks that a recorder goes by; tests inject their own.
package protocol RecorderClock: Sendable {
    func now() -> ClockReading

    /// Returns at or after this reading of the boot clock, nanoseconds; throws when cancelled.
    func sleep(untilBoot nanoseconds: Int64) async throws
}
