package import Model

/// One network namespace, seen from within.
package final class LinuxNamespace {
    /// How its TCP sockets are read.
    package enum Table {
        case sockDiag(SockDiag)
        /// Where netlink is refused; the recorder's own namespace alone.
        case procTCP(ProcTCP)
    }

    /// Which namespace this is.
    package let facts: NamespaceFacts
    /// Its TCP sockets.
    package let table: Table

    private let door: NamespaceDoor
    private let readings: NamespaceReadings
    private weak var messages: DestroyMessages?

    /// The namespace behind a door.
    init(_ facts: NamespaceFacts, behind door: NamespaceDoor) throws(KernelError) {
        self.facts = facts
        self.door = door
        readings = try NamespaceReadings(door)
        table = .sockDiag(try SockDiag(door))
    }

    /// The recorder's own namespace, its TCP sockets read by what the caller has already.
    package init(own facts: NamespaceFacts, table: Table) throws(KernelError) {
        self.facts = facts
        self.table = table
        door = NamespaceDoor()
        readings = try NamespaceReadings(door)
    }

    /// The kernel's counters since the namespace began.
    package func counters() -> KernelCounters { readings.counters() }

    /// The kernel's gauges of sockets.
    package func socketStatistics() -> SocketStatistics { readings.socketStatistics() }

    /// Those limits that each namespace has for itself.
    package func limits() -> [KernelLimit] { readings.limits() }

    /// UDP sockets that are bound; nil when the kernel does not show them.
    package func datagrams() -> [DatagramRow]? { readings.datagrams() }

    /// Begins to listen for destroy messages; throws why that is not possible.
    package func destroyMessages() throws(KernelError) -> DestroyMessages {
        let begun = try DestroyMessages(door)
        messages = begun
        return begun
    }

    /// Closes everything that keeps the namespace alive. From now on it tells nothing, besides the
    /// destroy messages that came until now.
    func leave() {
        messages?.end()
        readings.close()
        if case .sockDiag(let sockets) = table { sockets.close() }
        door.close()
    }
}
