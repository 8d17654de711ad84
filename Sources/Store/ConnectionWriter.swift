import GRDB
import Model

/// Writes connections and their spans.
final class ConnectionWriter {
    private static let columns = """
        connection_id, side_id, facts, first_sample, held, tw_shown, at, opened, opened_width,
        closed, closed_width, attempted, attempted_width, tw_end, tw_entered, tw_entered_width,
        tw_left, tw_left_width, closing_began, closing_half, peer_address_id, port, cookie,
        bytes_sent, bytes_received, retransmits, rtt_us, recv_queue_peak, send_queue_peak
        """
    private static let values = """
        ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?
        """
    private static let aliveSQL =
        "INSERT OR REPLACE INTO live_connection (\(columns)) VALUES (\(values))"
    private static let endedSQL = "INSERT INTO ended_connection (\(columns)) VALUES (\(values))"
    private static let amendedSQL =
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

    private static let presentSQL = """
        SELECT connection_id, facts >> 14 AS has_spans FROM live_connection
        """

    private let database: Database
    private let alive: BoundStatement
    private let ended: BoundStatement
    private let amended: BoundStatement
    private let gone: BoundStatement
    private let span: BoundStatement
    private let shorter: BoundStatement
    private let addresses: AddressBook
    private let sides: SideBook
    /// The rows of `live_connection`, and whether each has spans; nil: to be read anew.
    private var present: [Int64: Bool]?

    init(_ database: Database, addresses: AddressBook, sides: SideBook) throws {
        self.database = database
        alive = try BoundStatement(database, Self.aliveSQL)
        ended = try BoundStatement(database, Self.endedSQL)
        amended = try BoundStatement(database, Self.amendedSQL)
        gone = try BoundStatement(database, Self.goneSQL)
        span = try BoundStatement(database, Self.spanSQL)
        shorter = try BoundStatement(database, Self.shorterSQL)
        self.addresses = addresses
        self.sides = sides
    }

    /// Writes a connection that may still change.
    func writeAlive(_ record: ConnectionRecord, recording: Int64) throws {
        try readPresent()
        try write(record, recording: recording, with: alive)
        let before = present?.updateValue(!record.spans.isEmpty, forKey: record.id)
        try writeSpans(of: record, hadSpans: before ?? false)
    }

    /// Writes a connection that has ended, again if late evidence amends it.
    func writeEnded(_ record: ConnectionRecord, recording: Int64) throws {
        try readPresent()
        let before = present?.removeValue(forKey: record.id)
        if before != nil {
            gone.bind(record.id)
            try gone.run()
        }
        do {
            try write(record, recording: recording, with: ended)
            try writeSpans(of: record, hadSpans: before ?? false)
        } catch let error as DatabaseError
            where error.extendedResultCode == .SQLITE_CONSTRAINT_PRIMARYKEY
        {
            try write(record, recording: recording, with: amended)
            try writeSpans(of: record, hadSpans: true)
        }
    }

    /// Forgets what a transaction that was rolled back may have written.
    func forget() { present = nil }

    /// Most lives end without having been a row before: looking for it each time would cost as much
    /// as writing.
    private func readPresent() throws {
        guard present == nil else { return }
        var read: [Int64: Bool] = [:]
        let rows = try Row.fetchCursor(database, sql: Self.presentSQL)
        while let row = try rows.next() {
            read[row["connection_id"]] = row["has_spans"] as Int64 != 0
        }
        present = read
    }

    private func write(
        _ record: ConnectionRecord, recording: Int64, with statement: BoundStatement
    ) throws {
        let place = try sides.place(of: record, recording: recording)
        let peer = try addresses.number(of: record.tuple.peer.address)
        let row = PackedConnection(record, origin: try sides.origin(of: recording))
        statement.bind(record.id)
        statement.bind(place.side)
        statement.bind(row.facts)
        statement.bind(record.firstSample)
        statement.bind(row.held)
        statement.bind(row.timeWaitShown)
        statement.bind(row.at)
        statement.bind(row.opened)
        statement.bind(row.closed)
        statement.bind(row.attempted)
        statement.bind(row.timeWaitEnd)
        statement.bind(row.timeWaitEntered)
        statement.bind(row.timeWaitLeft)
        statement.bind(row.closingBegan)
        statement.bind(row.closingHalf)
        statement.bind(peer)
        statement.bind(Int64(place.port) - 32_768)
        statement.bind(record.cookie)
        bindNumbers(of: record, to: statement)
        try statement.run()
    }

    private func bindNumbers(of record: ConnectionRecord, to statement: BoundStatement) {
        statement.bind(record.bytesSent)
        statement.bind(record.bytesReceived)
        statement.bind(record.retransmits)
        statement.bind(record.rttMicroseconds)
        statement.bind(record.receiveQueuePeak)
        statement.bind(record.sendQueuePeak)
    }

    private func writeSpans(of record: ConnectionRecord, hadSpans: Bool) throws {
        if hadSpans {
            // Evidence that amends a life may leave it with fewer stays than it had.
            shorter.bind(record.id)
            shorter.bind(record.spans.count)
            try shorter.run()
        }
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

    /// Binds the next two parameters: the moment and the width of its bounds.
    fileprivate func bind(_ bounds: PackedBounds) {
        bind(bounds.moment)
        bind(bounds.width)
    }
}
