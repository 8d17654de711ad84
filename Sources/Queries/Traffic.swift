import Model

/// The SQL that reports on traffic by group share: tables `traffic` with one row a group.
enum Traffic {
    /// From the views; `:key` is what connections are gathered by.
    private static let asked = """
        there AS (
          SELECT :key AS key, role, opened_us, opened_max_us, closed_us, closed_max_us, close_kind,
            bytes_sent, bytes_received, connection_id,
            -- Half microseconds; what is still open lives longer than all others.
            CASE WHEN opened_us BETWEEN :since AND :until
                AND (closed_max_us IS NULL OR closed_min_us IS NOT NULL)
              THEN coalesce(max(0, closed_min_us - opened_max_us) + closed_max_us - opened_min_us,
                9223372036854775807) END AS life
          FROM connections
          WHERE coalesce(attempted_min_us, opened_min_us, :since) <= :until
            AND coalesce(closed_max_us, closed_min_us, :until) >= :since
            AND :filter),
        waited AS (
          SELECT connection_id FROM time_waits
          WHERE ended_by <> 'no_room' AND entered_us BETWEEN :since AND :until),
        ranked AS (
          SELECT *, connection_id IN (SELECT connection_id FROM waited) AS waits,
            row_number() OVER (PARTITION BY key, life IS NULL ORDER BY life) AS place,
            count(life) OVER (PARTITION BY key) AS lives
          FROM there),
        traffic AS MATERIALIZED (
          SELECT key, count(*) AS connections, sum(role = 'client') AS as_client,
            sum(role = 'server') AS as_server,
            sum(coalesce(opened_us BETWEEN :since AND :until, 0)) AS opened,
            sum(coalesce(opened_max_us IS NULL AND closed_us BETWEEN :since AND :until, 0))
              AS failed,
            sum(coalesce(opened_max_us IS NOT NULL AND closed_us BETWEEN :since AND :until, 0))
              AS closed,
            sum(coalesce(opened_max_us IS NOT NULL AND close_kind = 'reset'
              AND closed_us BETWEEN :since AND :until, 0)) AS reset,
            sum(coalesce(opened_max_us <= :until
              AND (closed_max_us IS NULL OR closed_us > :until), 0)) AS still_open,
            sum(waits) AS time_waits, sum(bytes_sent) AS bytes_sent,
            sum(bytes_received) AS bytes_received,
            nullif(max(CASE WHEN life IS NOT NULL AND place = (lives + 1) / 2 THEN life END),
              9223372036854775807) AS median
          FROM ranked GROUP BY key)
        """

    /// The same, counted beforehand.
    static let counted = """
        traffic AS (
          SELECT json_extract(value, '$[0]') AS key, json_extract(value, '$[1]') AS connections,
            json_extract(value, '$[2]') AS as_client, json_extract(value, '$[3]') AS as_server,
            json_extract(value, '$[4]') AS opened, json_extract(value, '$[5]') AS failed,
            json_extract(value, '$[6]') AS closed, json_extract(value, '$[7]') AS reset,
            json_extract(value, '$[8]') AS still_open, json_extract(value, '$[9]') AS time_waits,
            json_extract(value, '$[10]') AS bytes_sent,
            json_extract(value, '$[11]') AS bytes_received,
            json_extract(value, '$[12]') AS median
          FROM json_each(:counts))
        """

    /// From the views, gathered by an expression over a connection's columns.
    static func asked(by key: String) -> String { asked.replacing(":key", with: key) }

    /// What binds `:counts`, for each part of a range.
    static func counts(_ scope: Scope, by key: TrafficTally.Key) -> Question.Counts {
        { session, buckets in
            let sides = try SideTable(session)
            let parts = buckets.ranges.map { TrafficTally($0, by: key, sides: sides) }
            let counted = try session.parted(buckets, parts, passing: try Passing(session, scope))
            return counted.parts.map { ["counts": $0.cell(top: scope.top)] }
        }
    }
}
