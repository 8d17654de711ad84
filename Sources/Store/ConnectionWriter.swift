import GRDB
import Model

/// Writes connections and their spans.
final class ConnectionWriter {
    private static let columns = """
        connection_id, recording_id, netns, interface, local_address_id, local_port,
        peer_address_id, peer_port, role, process_id, uid, cookie, state,
        attempted_min_us, attempted_max_us, opened_min_us, opened_max_us, closed_min_us,
        closed_max_us, closed_by, close_kind, bytes_sent, bytes_received, retransmits, rtt_us,
        recv_queue_peak, send_queue_peak, first_sample, last_sample, has_spans,
        tw_first_sample, tw_entered_min_us, tw_entered_max_us, tw_left_min_us, tw_left_max_us,
        tw_restarts, tw_ended_by, closing_began_us, closing_half_us
        """
    private static let values = """
        ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,
        ?, ?, ?, ?, ?, ?, ?, ?, ?
        """
    private static let aliveSQL =
        "INSERT OR REPLACE INTO live_connection (\(columns)) VALUES (\(values))"
    private static let endedSQL =
        "INSERT OR REPLACE INTO ended_connection (\(columns)) VALUES (\(values))"
    private static let goneSQL = "DELETE FROM live_connection WHERE connection_id = ?"
    private static let spanSQL = """
        INSERT OR REPLACE INTO span (
          connection_id, sequence, state, first_sample, last_sample, entered_min_us,
          entered_max_us, left_min_us, left_max_us)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    private static let shorterSQL =
        "DELETE FROM span WHERE connection_id = ? AND sequence >= ?"

    private let alive: BoundStatement
    private let ended: BoundStatement
    private let gone: BoundStatement
    private let span: BoundStatement
    private let shorter: BoundStatement
    private let addresses: AddressBook

    init(_ database: Database, addresses: AddressBook) throws {
        alive = try BoundStatement(database, Self.aliveSQL)
        ended = try BoundStatement(database, Self.endedSQL)
        gone = try BoundStatement(database, Self.goneSQL)
        span = try BoundStatement(database, Self.spanSQL)
        shorter = try BoundStatement(database, Self.shorterSQL)
        self.addresses = addresses
    }

    /// Writes a connection that may still change.
    func writeAlive(_ record: ConnectionRecord, recording: Int64) throws {
        try write(record, recording: recording, with: alive)
    }

    /// Writes a connection that has ended, again if late evidence amends it.
    func writeEnded(_ record: ConnectionRecord, recording: Int64) throws {
        gone.bind(record.id)
        try gone.run()
        try write(record, recording: recording, with: ended)
    }

    private func write(
        _ record: ConnectionRecord, recording: Int64, with statement: BoundStatement
    ) throws {
        let local = try addresses.number(of: record.tuple.local.address)
        let peer = try addresses.number(of: record.tuple.peer.address)
        statement.bind(record.id)
        statement.bind(recording)
        statement.bind(record.netns)
        statement.bind(record.tuple.interface)
        statement.bind(local)
        statement.bind(record.tuple.local.port)
        statement.bind(peer)
        statement.bind(record.tuple.peer.port)
        statement.bind(record.role.rawValue)
        statement.bind(record.process)
        statement.bind(record.uid)
        statement.bind(record.cookie)
        statement.bind(record.state.rawValue)
        bindLife(record, to: statement)
        bindTimeWait(record.timeWait, to: statement)
        bindClosing(of: record, to: statement)
        try statement.run()
        try writeSpans(of: record)
    }

    private func bindLife(_ record: ConnectionRecord, to statement: BoundStatement) {
        statement.bind(record.attempted)
        statement.bind(record.opened)
        statement.bind(record.closed)
        statement.bind(record.closedBy.rawValue)
        statement.bind(record.closeKind.rawValue)
        statement.bind(record.bytesSent)
        statement.bind(record.bytesReceived)
        statement.bind(record.retransmits)
        statement.bind(record.rttMicroseconds)
        statement.bind(record.receiveQueuePeak)
        statement.bind(record.sendQueuePeak)
        statement.bind(record.firstSample)
        statement.bind(record.lastSample)
        statement.bind(record.spans.isEmpty ? 0 : 1)
    }

    private func bindTimeWait(_ timeWait: TimeWaitRecord?, to statement: BoundStatement) {
        statement.bind(timeWait?.firstSample)
        statement.bind(timeWait?.entered ?? .unknown)
        statement.bind(timeWait?.left ?? .unknown)
        statement.bind(timeWait?.restarts)
        statement.bind(timeWait?.endedBy.rawValue)
    }

    /// Microseconds before the end: SQLite stores small numbers in few octets.
    private func bindClosing(of record: ConnectionRecord, to statement: BoundStatement) {
        let end = record.closed.latest
        for step in [record.closing?.began, record.closing?.half] {
            statement.bind(end.flatMap { end in step.map { end - $0 } })
        }
    }

    private func writeSpans(of record: ConnectionRecord) throws {
        // Evidence that amends a life may leave it with fewer stays than it had.
        shorter.bind(record.id)
        shorter.bind(record.spans.count)
        try shorter.run()
        for (sequence, stay) in record.spans.enumerated().dropFirst(record.firstDirtySpan) {
            span.bind(record.id)
            span.bind(sequence)
            span.bind(stay.state.rawValue)
            span.bind(stay.firstSample)
            span.bind(stay.lastSample)
            span.bind(stay.entered)
            span.bind(stay.left)
            try span.run()
        }
    }
}

extension BoundStatement {
    /// Binds the next two parameters: earliest and latest.
    func bind(_ bounds: Bounds) {
        bind(bounds.earliest)
        bind(bounds.latest)
    }
}
