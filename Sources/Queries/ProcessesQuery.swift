import Model

/// Connections by the process that holds them, and what else it holds.
package struct ProcessesQuery {
    private static let sql = """
        WITH
        :traffic,
        \(RecordedTime.sql),
        latest AS (
          SELECT sample_id FROM samples WHERE sampled_us BETWEEN :since AND :until
          ORDER BY sampled_us DESC LIMIT 1),
        closing AS MATERIALIZED (
          SELECT process_id, count(*) AS close_wait FROM socket_table
          WHERE sample_id = (SELECT sample_id FROM latest) AND state = 'CLOSE-WAIT' AND :filter
          GROUP BY process_id),
        descriptors AS (
          SELECT process_id, max(CASE WHEN back = 1 THEN open_fds END) AS open_fds,
            max(max(open_fds, coalesce(peak_fds, 0))) AS peak_fds
          FROM (
            SELECT process_id, open_fds, peak_fds,
              row_number() OVER (PARTITION BY process_id ORDER BY from_us DESC) AS back
            FROM process_fds
            WHERE from_us <= :until AND coalesce(until_us, :until) >= :since)
          GROUP BY process_id)
        SELECT coalesce(p.comm, 'unknown') AS name, p.pid, t.connections, t.opened, t.still_open,
          t.as_client, t.as_server, t.failed, d.open_fds,
          coalesce(p.unit, substr(p.container, 1, 12)), p.uid,
          t.opened / (SELECT seconds FROM recorded), t.bytes_sent, t.bytes_received,
          CASE WHEN EXISTS (SELECT 1 FROM latest) THEN coalesce(c.close_wait, 0) END,
          t.time_waits, d.peak_fds
        FROM traffic AS t
        LEFT JOIN processes AS p ON p.process_id = t.key
        LEFT JOIN descriptors AS d ON d.process_id = t.key
        LEFT JOIN closing AS c ON c.process_id IS nullif(t.key, 0)
        ORDER BY t.connections DESC, name, p.pid LIMIT :top
        """

    package let question: Question

    /// One row a process, that with the most connections first; with a bucket's length, such rows
    /// for each part of the range.
    package init(_ scope: Scope, bucketMicroseconds: Int64? = nil) {
        question = Question.parted(
            scope, bucketMicroseconds, counts: Traffic.counts(scope, by: .process), Self.question)
    }

    private static func question(_ scope: Scope) -> Question {
        let asked = sql.replacing(":traffic", with: Traffic.asked(by: "process_id"))
        let counted = sql.replacing(":traffic", with: Traffic.counted)
        var question = Question(counted, scope: scope, columns: columns)
        question.asked = Question(asked, scope: scope, columns: []).sql
        question.shown = [0, 1, 5, 6, 11, 4, 14, 15, 16]
        return question
    }

    private static let columns = [
        Column("process"), Column("pid"),
        Column("connections", title: "conns", kind: .number),
        Column("opened", kind: .number),
        Column("still_open", title: "open", kind: .number),
        Column("as_client", title: "client", kind: .number),
        Column("as_server", title: "server", kind: .number),
        Column("failed", kind: .number),
        Column("open_fds", title: "last fds", kind: .number),
        Column("unit"), Column("uid"),
        Column("opens_per_s", title: "opens/s", kind: .number),
        Column("bytes_sent", title: "sent", kind: .bytes),
        Column("bytes_received", title: "received", kind: .bytes),
        Column("close_wait", title: "CLOSE-W", kind: .number),
        Column("time_waits", title: "TIME-W", kind: .number),
        Column("peak_fds", title: "fds", kind: .number),
    ]
}
