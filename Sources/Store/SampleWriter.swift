import GRDB
import Model

/// Writes what a sample tells of itself and of each namespace.
final class SampleWriter {
    // A sample and a process are referred to by other rows. INSERT OR REPLACE would delete the old
    // row first, and SQLite would look through every table that refers to it.
    private static let sampleSQL = """
        INSERT INTO sample (
          sample_id, recording_id, sampled_us, basis, dump_us, sockets, complete,
          next_connection_id, fd_allocated, fd_unused, fd_maximum, lag_us, write_us, backlog_bytes,
          late_events, drift, memory_bytes, file_bytes)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (sample_id) DO UPDATE SET
          recording_id = excluded.recording_id, sampled_us = excluded.sampled_us,
          basis = excluded.basis, dump_us = excluded.dump_us, sockets = excluded.sockets,
          complete = excluded.complete, next_connection_id = excluded.next_connection_id,
          fd_allocated = excluded.fd_allocated, fd_unused = excluded.fd_unused,
          fd_maximum = excluded.fd_maximum, lag_us = excluded.lag_us,
          write_us = excluded.write_us, backlog_bytes = excluded.backlog_bytes,
          late_events = excluded.late_events, drift = excluded.drift,
          memory_bytes = excluded.memory_bytes, file_bytes = excluded.file_bytes
        """
    private static let namespaceSQL = """
        INSERT OR REPLACE INTO namespace_sample (
          sample_id, netns, established, syn_sent, syn_recv, fin_wait1, fin_wait2, time_wait,
          close_wait, last_ack, closing, listen, total, active_opens, passive_opens,
          attempt_fails, estab_resets, retrans_segs, listen_overflows, listen_drops,
          time_wait_entries, time_wait_overflow, sockets_used, tcp_inuse, tcp_orphans,
          tcp_time_wait, tcp_allocated, tcp_memory_pages, udp_inuse, udp_memory_pages,
          active_recorded, passive_recorded, unattributed)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,
          ?, ?, ?, ?, ?)
        """
    /// The states in the order of the columns.
    private static let states: [TCPState] = [
        .established, .synSent, .synReceived, .finWait1, .finWait2, .timeWait, .closeWait,
        .lastAck, .closing, .listen,
    ]

    private let sample: BoundStatement
    private let namespace: BoundStatement

    init(_ database: Database) throws {
        sample = try BoundStatement(database, Self.sampleSQL)
        namespace = try BoundStatement(database, Self.namespaceSQL)
    }

    /// Writes the sample's own row and one for each of its namespaces.
    func write(_ record: SampleRecord, recording: Int64) throws {
        sample.bind(record.id)
        sample.bind(recording)
        sample.bind(record.sampledMicroseconds)
        sample.bind(record.basis.rawValue)
        sample.bind(record.dumpMicroseconds)
        sample.bind(record.sockets)
        sample.bind(record.complete ? 1 : 0)
        sample.bind(record.nextConnection)
        sample.bind(record.fileHandles?.allocated)
        sample.bind(record.fileHandles?.unused)
        sample.bind(record.fileHandles.map { Self.small($0.maximum) })
        sample.bind(record.health.lagMicroseconds)
        sample.bind(record.health.writeMicroseconds)
        sample.bind(record.health.backlogBytes)
        sample.bind(record.health.lateEvents)
        sample.bind(record.health.drift)
        sample.bind(record.health.memoryBytes)
        sample.bind(record.health.fileBytes)
        try sample.run()
        for part in record.namespaces { try write(part, sample: record.id) }
    }

    /// Nearly 2^63, which is what most hosts allow, as a number of one octet.
    private static func small(_ maximum: Int64) -> Int64 {
        maximum > .max / 2 ? maximum &+ .min : maximum
    }

    private func write(_ part: NamespaceSample, sample: Int64) throws {
        namespace.bind(sample)
        namespace.bind(part.netns)
        for state in Self.states { namespace.bind(part.states?.known(state)) }
        namespace.bind(part.states?.total)
        bind(part.counters)
        bind(part.statistics)
        namespace.bind(part.recordedActive)
        namespace.bind(part.recordedPassive)
        namespace.bind(part.recordedUnattributed)
        try namespace.run()
    }

    private func bind(_ counters: KernelCounters) {
        namespace.bind(counters.activeOpens)
        namespace.bind(counters.passiveOpens)
        namespace.bind(counters.attemptFails)
        namespace.bind(counters.establishedResets)
        namespace.bind(counters.retransmittedSegments)
        namespace.bind(counters.listenOverflows)
        namespace.bind(counters.listenDrops)
        namespace.bind(counters.timeWaitEntries)
        namespace.bind(counters.timeWaitOverflow)
    }

    private func bind(_ statistics: SocketStatistics) {
        namespace.bind(statistics.socketsUsed)
        namespace.bind(statistics.tcpInUse)
        namespace.bind(statistics.tcpOrphans)
        namespace.bind(statistics.tcpTimeWait)
        namespace.bind(statistics.tcpAllocated)
        namespace.bind(statistics.tcpMemoryPages)
        namespace.bind(statistics.udpInUse)
        namespace.bind(statistics.udpMemoryPages)
    }
}
