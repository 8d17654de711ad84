import GRDB

/// Writes down what was pruned.
struct PruningLog {
    /// What a row of `pruning` is about.
    enum Part: Int64 {
        case details = 0
        case hours = 1
    }

    private static let addSQL = """
        INSERT INTO pruning VALUES (:recording, :part, :reason, :from, :until, :rows, :bytes, :now)
        ON CONFLICT DO UPDATE SET from_us = min(from_us, excluded.from_us),
          until_us = max(until_us, excluded.until_us), "rows" = "rows" + excluded."rows",
          bytes = bytes + excluded.bytes, pruned_us = excluded.pruned_us
        """
    private static let moreSQL = """
        UPDATE pruning SET "rows" = "rows" + :rows, bytes = bytes + :bytes, pruned_us = :now
        WHERE part = :part AND reason = :reason AND recording_id = (
          SELECT max(recording_id) FROM pruning WHERE part = :part AND reason = :reason)
        """
    private static let pagesSQL = "PRAGMA freelist_count"

    let database: Database
    let reason: PruneReason
    /// The wall clock, µs.
    let now: Int64

    /// Runs what takes rows out and gives how many; writes that down with the octets of the pages
    /// that it left free. Without a stretch it belongs to what was pruned last.
    @discardableResult
    func note(
        _ part: Part, _ stretch: (recording: Int64, from: Int64, until: Int64)? = nil,
        _ body: () throws -> Int64
    ) throws -> (rows: Int64, bytes: Int64) {
        let free = try Int64.fetchOne(database, sql: Self.pagesSQL) ?? 0
        let rows = try body()
        let freed = (try Int64.fetchOne(database, sql: Self.pagesSQL) ?? 0) - free
        let page = try Int64.fetchOne(database, sql: "PRAGMA page_size") ?? 4096
        let bytes = max(0, freed) * page
        var values: [String: any DatabaseValueConvertible] = [
            "part": part.rawValue, "reason": reason.rawValue, "rows": rows, "bytes": bytes,
            "now": now,
        ]
        guard let stretch else {
            if rows > 0 { try database.execute(sql: Self.moreSQL, arguments: .init(values)) }
            return (rows, bytes)
        }
        values["recording"] = stretch.recording
        values["from"] = stretch.from
        values["until"] = stretch.until
        try database.execute(sql: Self.addSQL, arguments: .init(values))
        return (rows, bytes)
    }
}
