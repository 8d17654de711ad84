import GRDB
import Model

/// Writes what a recording tells of itself: sources, gaps, clock steps, and what belongs to a
/// connection without being part of its row.
final class HistoryWriter {
    private static let ownerSQL = """
        INSERT OR REPLACE INTO further_owner (connection_id, process_id, from_us, until_us)
        VALUES (?, ?, ?, ?)
        """
    private static let missedSQL = """
        INSERT OR IGNORE INTO missed (sample_id, connection_id) VALUES (?, ?)
        """
    private static let sourceSQL = """
        INSERT OR REPLACE INTO source_span (
          source_span_id, recording_id, source, from_us, until_us, events, lost, reason)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """
    private static let clockStepSQL = """
        INSERT OR REPLACE INTO clock_step (recording_id, at_us, offset_us, total_us)
        VALUES (?, ?, ?, ?)
        """
    private static let gapSQL = """
        INSERT OR REPLACE INTO gap (recording_id, from_us, until_us, reason) VALUES (?, ?, ?, ?)
        """

    private let owners: BoundStatement
    private let missed: BoundStatement
    private let sources: BoundStatement
    private let clockSteps: BoundStatement
    private let gaps: BoundStatement

    init(_ database: Database) throws {
        owners = try BoundStatement(database, Self.ownerSQL)
        missed = try BoundStatement(database, Self.missedSQL)
        sources = try BoundStatement(database, Self.sourceSQL)
        clockSteps = try BoundStatement(database, Self.clockStepSQL)
        gaps = try BoundStatement(database, Self.gapSQL)
    }

    /// Writes a further holder of a socket.
    func write(_ record: OwnerRecord) throws {
        owners.bind(record.connection)
        owners.bind(record.process)
        owners.bind(record.fromMicroseconds)
        owners.bind(record.untilMicroseconds)
        try owners.run()
    }

    /// Writes that a sample's dump did not show a connection.
    func write(missed connection: Int64, sample: Int64) throws {
        missed.bind(sample)
        missed.bind(connection)
        try missed.run()
    }

    /// Writes how a source worked.
    func write(_ record: SourceRecord, recording: Int64) throws {
        sources.bind(record.id)
        sources.bind(recording)
        sources.bind(record.source)
        sources.bind(record.fromMicroseconds)
        sources.bind(record.untilMicroseconds)
        sources.bind(record.events)
        sources.bind(record.lost)
        sources.bind(record.reason)
        try sources.run()
    }

    /// Writes a step of the wall clock.
    func write(_ record: ClockStepRecord, recording: Int64) throws {
        clockSteps.bind(recording)
        clockSteps.bind(record.atMicroseconds)
        clockSteps.bind(record.offsetMicroseconds)
        clockSteps.bind(record.totalMicroseconds)
        try clockSteps.run()
    }

    /// Writes a stretch of time without samples.
    func write(_ record: GapRecord, recording: Int64) throws {
        gaps.bind(recording)
        gaps.bind(record.fromMicroseconds)
        gaps.bind(record.untilMicroseconds)
        gaps.bind(record.reason)
        try gaps.run()
    }
}
