import Model

/// Connections by the process that holds them.
package struct ProcessesQuery {
    private static let sql = """
        WITH
        held AS (
          SELECT process_id, count(*) AS connections,
            sum(opened_max_us BETWEEN :since AND :until AND opened_min_us IS NOT NULL) AS opened,
            sum(closed_max_us IS NULL AND opened_max_us IS NOT NULL) AS still_open,
            sum(role = 'client') AS as_client, sum(role = 'server') AS as_server,
            sum(opened_max_us IS NULL AND closed_max_us IS NOT NULL) AS failed
          FROM connections
          WHERE coalesce(opened_min_us, attempted_min_us, :since) <= :until
            AND coalesce(closed_max_us, closed_min_us, :until) >= :since
            AND :filter
          GROUP BY process_id),
        descriptors AS (
          SELECT process_id, open_fds, peak_fds,
            row_number() OVER (PARTITION BY process_id ORDER BY from_us DESC) AS back
          FROM process_fds WHERE from_us <= :until)
        SELECT coalesce(p.comm, 'unknown'), p.pid, held.connections, held.opened, held.still_open,
          held.as_client, held.as_server, held.failed, d.open_fds,
          coalesce(p.unit, substr(p.container, 1, 12)), p.uid
        FROM held
        LEFT JOIN processes AS p ON p.process_id = held.process_id
        LEFT JOIN descriptors AS d ON d.process_id = held.process_id AND d.back = 1
        ORDER BY held.connections DESC, p.comm, p.pid LIMIT :top
        """

    package let question: Question

    package init(_ scope: Scope) {
        question = Question(
            Self.sql, scope: scope,
            columns: [
                Column("process"), Column("pid"),
                Column("connections", title: "conns", kind: .number),
                Column("opened", kind: .number),
                Column("still_open", title: "open", kind: .number),
                Column("as_client", title: "client", kind: .number),
                Column("as_server", title: "server", kind: .number),
                Column("failed", kind: .number),
                Column("open_fds", title: "fds", kind: .number),
                Column("unit"), Column("uid"),
            ], essential: 9)
    }
}
