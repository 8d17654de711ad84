import Model

/// The lives that a survival estimate of a range rests on: each that lasted at some time of it,
/// from its age then on.
package struct LifetimesQuery {
    private static let sql = """
        WITH life AS (
          SELECT :group AS grouped, connection_id, opened_min_us, opened_max_us, closed_min_us,
            closed_max_us,
            -- Twice the moment of its opening, and twice its length: midway between the bounds.
            opened_min_us + min(opened_max_us, coalesce(closed_max_us, opened_max_us)) AS born,
            max(0, coalesce(closed_min_us, opened_min_us) - opened_max_us)
              + closed_max_us - opened_min_us AS length
          FROM connections
          WHERE opened_max_us IS NOT NULL AND coalesce(opened_min_us, opened_max_us) <= :until
            AND coalesce(closed_max_us, closed_min_us, opened_max_us) >= :since
            AND :filter),
        aged AS (
          SELECT *, max(0, 2 * :since - born) AS entry,
            min(coalesce(length, 2 * closed_min_us - born), 2 * :until - born) AS age
          FROM life)
        SELECT grouped, entry / 2e6 AS entry_s, age / 2e6 AS exit_s,
          coalesce(length <= 2 * :until - born, 0) AS ended,
          opened_min_us, opened_max_us, closed_min_us, closed_max_us, :waited AS waited
        FROM aged
        -- Those of which the opening was not seen have no age; they are only counted.
        WHERE born IS NULL AND
            coalesce((closed_min_us + closed_max_us) / 2, closed_min_us, closed_max_us) >= :since
          OR age >= 0 AND (entry = 0 OR entry < age) OR opened_min_us < opened_max_us
          OR closed_min_us < closed_max_us
        """

    private static let waited = """
        EXISTS (SELECT 1 FROM time_waits AS t
            WHERE t.connection_id = aged.connection_id AND t.ended_by <> 'no_room')
        """

    /// Ages, whether they ended, and bounds.
    package let question: Question

    /// One row a life; one group named `all` when no grouping is asked for. Whether it left a
    /// TIME-WAIT is told only where that is wanted.
    package init(_ scope: Scope, by grouping: Grouping?, tellsWaits: Bool = false) {
        func literal(_ sql: String) -> String {
            let told = sql.replacing(":waited", with: tellsWaits ? Self.waited : "NULL")
            return grouping == nil ? told.replacing(":group", with: "'all'") : told
        }
        let ends = ["opened_min_us", "opened_max_us", "closed_min_us", "closed_max_us"]
        question = Question(
            literal(Self.sql), scope: scope, grouping: grouping,
            columns: [
                Column(grouping?.column ?? "group"), Column("entry_s", kind: .seconds),
                Column("exit_s", kind: .seconds), Column("ended", kind: .number),
            ] + ends.map { Column($0) } + [Column("waited", kind: .number)])
    }
}
