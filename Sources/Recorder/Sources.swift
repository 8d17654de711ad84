package import Model

/// Where TCP sockets are seen: NETLINK_SOCK_DIAG, or /proc where that is refused.
package protocol TCPSource: AnyObject {
    /// The name that the view `sources` gives, such as `sock_diag`.
    var name: String { get }

    /// Walks the table once and hands over what each reply held, with the window in which the
    /// kernel read it. Never throws: a broken dump is an outcome.
    func dump(into consume: (BootWindow, [SocketRow]) -> Void) -> DumpOutcome

    /// Asks for one socket by 4-tuple and cookie.
    func find(_ tuple: FourTuple, cookie: UInt64) -> ExactAnswer
}

/// What else the host tells: counters, limits, processes, descriptors, UDP sockets.
package protocol HostSource: AnyObject {
    /// What does not change while the host is up.
    var facts: HostFacts { get }

    /// What a missing privilege or an old kernel hides, known so far.
    var notes: [SourceNote] { get }

    /// What the recorder itself takes of the host's memory, octets.
    var residentOctets: Int64? { get }

    func counters() -> KernelCounters
    func socketStatistics() -> SocketStatistics
    func fileHandles() -> FileHandleCounts?
    func limits() -> [KernelLimit]
    func datagrams() -> [DatagramRow]?

    /// Every process and its count of descriptors.
    func processes() -> ProcessScan

    /// What /proc tells of one process; nil when it is gone.
    func facts(of process: ProcessIdentity) -> ProcessFacts?

    /// Who holds these sockets, found within the budget, nanoseconds of the boot clock.
    func owners(of inodes: Set<UInt64>, budgetNanoseconds: Int64) -> OwnerScan
}

/// The clocks that a recorder goes by; tests inject their own.
package protocol RecorderClock: Sendable {
    func now() -> ClockReading

    /// Returns at or after this reading of the boot clock, nanoseconds; throws when cancelled.
    func sleep(untilBoot nanoseconds: Int64) async throws
}
