import GRDB
import Model

/// Writes what a recording knows beside connections: processes, listeners, UDP sockets,
/// descriptors, limits, namespaces.
final class InventoryWriter {
    private static let processSQL = """
        INSERT INTO process (
          process_id, recording_id, pid, started_us, comm, executable, uid, cgroup, unit,
          container, first_seen_us, last_seen_us)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (process_id) DO UPDATE SET
          recording_id = excluded.recording_id, pid = excluded.pid,
          started_us = excluded.started_us, comm = excluded.comm,
          executable = excluded.executable, uid = excluded.uid, cgroup = excluded.cgroup,
          unit = excluded.unit, container = excluded.container,
          first_seen_us = excluded.first_seen_us, last_seen_us = excluded.last_seen_us
        """
    private static let listenerSQL = """
        INSERT OR REPLACE INTO listener (
          listener_id, recording_id, netns, interface, local_address_id, local_port, cookie, uid,
          process_id, first_seen_us, last_seen_us, first_sample, last_sample, backlog, queue_peak,
          accepted)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    private static let datagramSQL = """
        INSERT OR REPLACE INTO datagram_socket (
          datagram_socket_id, recording_id, netns, local_address_id, local_port,
          peer_address_id, peer_port, process_id, uid, first_seen_us, last_seen_us)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    private static let descriptorsSQL = """
        INSERT OR REPLACE INTO descriptor_span (
          descriptor_span_id, recording_id, process_id, from_us, until_us, open_fds, peak_fds,
          soft_limit, hard_limit)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    private static let limitSQL = """
        INSERT OR REPLACE INTO limit_span (
          limit_span_id, recording_id, netns, name, value, from_us, until_us)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        """
    private static let namespaceSQL = """
        INSERT OR REPLACE INTO namespace (
          recording_id, netns, inode, name, first_seen_us, last_seen_us)
        VALUES (?, ?, ?, ?, ?, ?)
        """

    private let processes: BoundStatement
    private let listeners: BoundStatement
    private let datagrams: BoundStatement
    private let descriptors: BoundStatement
    private let limits: BoundStatement
    private let namespaces: BoundStatement
    private let addresses: AddressBook

    init(_ database: Database, addresses: AddressBook) throws {
        processes = try BoundStatement(database, Self.processSQL)
        listeners = try BoundStatement(database, Self.listenerSQL)
        datagrams = try BoundStatement(database, Self.datagramSQL)
        descriptors = try BoundStatement(database, Self.descriptorsSQL)
        limits = try BoundStatement(database, Self.limitSQL)
        namespaces = try BoundStatement(database, Self.namespaceSQL)
        self.addresses = addresses
    }

    /// Writes a process, or what became known of it.
    func write(_ record: ProcessRecord, recording: Int64) throws {
        processes.bind(record.id)
        processes.bind(recording)
        processes.bind(record.facts.identity.pid)
        processes.bind(record.startedMicroseconds)
        processes.bind(record.facts.comm)
        processes.bind(record.facts.executable)
        processes.bind(record.facts.uid)
        processes.bind(record.facts.cgroup)
        processes.bind(record.facts.unit)
        processes.bind(record.facts.container)
        processes.bind(record.firstSeen)
        processes.bind(record.lastSeen)
        try processes.run()
    }

    /// Writes a listener.
    func write(_ record: ListenerRecord, recording: Int64) throws {
        let local = try addresses.number(of: record.local.address)
        listeners.bind(record.id)
        listeners.bind(recording)
        listeners.bind(record.netns)
        listeners.bind(record.interface)
        listeners.bind(local)
        listeners.bind(record.local.port)
        listeners.bind(record.cookie)
        listeners.bind(record.uid)
        listeners.bind(record.process)
        listeners.bind(record.firstSeen)
        listeners.bind(record.lastSeen)
        listeners.bind(record.firstSample)
        listeners.bind(record.lastSample)
        listeners.bind(record.backlog)
        listeners.bind(record.queuePeak)
        listeners.bind(record.accepted)
        try listeners.run()
    }

    /// Writes a UDP socket.
    func write(_ record: DatagramRecord, recording: Int64) throws {
        let local = try addresses.number(of: record.tuple.local.address)
        let peer = try addresses.number(of: record.tuple.peer.address)
        datagrams.bind(record.id)
        datagrams.bind(recording)
        datagrams.bind(record.netns)
        datagrams.bind(local)
        datagrams.bind(record.tuple.local.port)
        datagrams.bind(peer)
        datagrams.bind(record.tuple.peer.port)
        datagrams.bind(record.process)
        datagrams.bind(record.uid)
        datagrams.bind(record.firstSeen)
        datagrams.bind(record.lastSeen)
        try datagrams.run()
    }

    /// Writes a stretch of a process's descriptor count.
    func write(_ record: DescriptorRecord, recording: Int64) throws {
        descriptors.bind(record.id)
        descriptors.bind(recording)
        descriptors.bind(record.process)
        descriptors.bind(record.fromMicroseconds)
        descriptors.bind(record.untilMicroseconds)
        descriptors.bind(record.open)
        descriptors.bind(record.peak)
        descriptors.bind(record.softLimit)
        descriptors.bind(record.hardLimit)
        try descriptors.run()
    }

    /// Writes a limit's value.
    func write(_ record: LimitRecord, recording: Int64) throws {
        limits.bind(record.id)
        limits.bind(recording)
        limits.bind(record.netns)
        limits.bind(record.limit.name)
        limits.bind(record.limit.value)
        limits.bind(record.fromMicroseconds)
        limits.bind(record.untilMicroseconds)
        try limits.run()
    }

    /// Writes a network namespace.
    func write(_ record: NamespaceRecord, recording: Int64) throws {
        namespaces.bind(recording)
        namespaces.bind(record.netns)
        namespaces.bind(record.inode)
        namespaces.bind(record.name)
        namespaces.bind(record.firstSeen)
        namespaces.bind(record.lastSeen)
        try namespaces.run()
    }
}
