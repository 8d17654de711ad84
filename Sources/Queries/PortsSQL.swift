/// How long connections of this host held their local ports, in SQL over the public views: the same
/// that `PortStays` and `PortsTally` count.
enum PortsSQL {
    private static let groupMark = ":group"
    private static let apartMark = ":apart"
    private static let roomMark = ":room"

    /// The ends toward which a port can be taken once.
    private static let way = "netns, local_address, peer_address, peer_port"

    /// SQL with `tables` in it that gathers the ports of several destinations, or tells each apart.
    static func gathered(_ sql: String, by grouping: Grouping?) -> String {
        sql.replacing(groupMark, with: grouping?.sql ?? "NULL")
            .replacing(apartMark, with: grouping == nil ? way : "grouped")
            .replacing(roomMark, with: grouping == nil ? "TRUE" : "NOT unsent")
    }

    /// Tables `stay` (each port while one connection held it), `counted` (`number`, `grouped`, the
    /// ends, `ports` and what was counted), and those of `Growth.sweepSQL`; they need WITH RECURSIVE
    /// and `gathered`.
    static let tables = """
        \(PortRanges.tables),
        seen AS (SELECT max(sampled_us) AS at FROM samples WHERE sampled_us <= :until),
        waited AS MATERIALIZED (
          SELECT connection_id, coalesce(entered_us, entered_max_us) AS entered,
            CASE WHEN left_max_us IS NOT NULL THEN coalesce(left_us, left_max_us)
              WHEN left_min_us >= (SELECT at FROM seen) THEN 9223372036854775807
              ELSE left_min_us END AS finish
          FROM time_waits WHERE ended_by <> 'no_room' AND role = 'client' AND :filter),
        closing AS MATERIALIZED (
          SELECT connection_id, max(CASE WHEN state = 'FIN-WAIT-2' THEN finish END) AS finish,
            max(began <= :until AND finish > :until) AS there
          FROM (
            SELECT connection_id, state, coalesce(entered_us, entered_max_us) AS began,
              CASE WHEN left_max_us IS NOT NULL THEN coalesce(left_us, left_max_us)
                WHEN left_min_us >= (SELECT at FROM seen) THEN 9223372036854775807
                ELSE coalesce(left_min_us, entered_us, entered_max_us) END AS finish
            FROM state_history
            WHERE state IN ('FIN-WAIT-1', 'FIN-WAIT-2', 'CLOSE-WAIT', 'LAST-ACK', 'CLOSING')
              AND role = 'client' AND :filter)
          GROUP BY connection_id),
        told AS (
          SELECT c.netns, c.local_address, c.peer_address, c.peer_port, c.local_port,
            c.close_kind, coalesce(c.closed_us, c.closed_max_us) AS failed,
            \(groupMark) AS grouped, w.entered, s.there AS closes,
            coalesce(c.attempted_us, c.attempted_max_us, c.opened_us, c.opened_max_us, w.entered)
              AS began,
            CASE WHEN w.connection_id IS NOT NULL THEN w.finish
              WHEN c.closed_max_us IS NOT NULL THEN coalesce(c.closed_us, c.closed_max_us)
              WHEN c.closed_min_us >= (SELECT at FROM seen) THEN 9223372036854775807
              ELSE c.closed_min_us END AS finish,
            CASE WHEN w.connection_id IS NULL THEN s.finish END AS half_closed
          FROM (SELECT * FROM connections WHERE role = 'client' AND :filter) AS c
          LEFT JOIN waited AS w ON w.connection_id = c.connection_id
          LEFT JOIN closing AS s ON s.connection_id = c.connection_id),
        held AS (
          SELECT \(way), local_port, close_kind, failed, grouped, entered, closes, began,
            max(coalesce(finish, began), coalesce(half_closed, finish, began)) AS finish
          FROM told),
        stay AS MATERIALIZED (
          SELECT *, dense_rank() OVER (ORDER BY \(way)) AS way,
            dense_rank() OVER (ORDER BY \(apartMark)) AS number
          FROM (
            SELECT h.*, r.ports, h.close_kind = 'not_sent' AS unsent, h.finish > :until AS there
            FROM held AS h LEFT JOIN reachable AS r ON r.netns IS h.netns
            WHERE CASE WHEN h.close_kind = 'not_sent' THEN h.failed BETWEEN :since AND :until
              ELSE h.began <= :until AND h.finish >= :since
                AND (r.low IS NULL AND h.local_port IS NOT NULL
                  OR h.local_port BETWEEN r.low AND r.high AND NOT EXISTS (
                    SELECT 1 FROM block AS b
                    WHERE b.netns IS h.netns AND h.local_port BETWEEN b.low AND b.high)) END)),
        room AS (
          SELECT number, CASE WHEN count(ports) = count(*) THEN sum(ports) END AS ports
          FROM (SELECT DISTINCT number, way, ports FROM stay WHERE \(roomMark))
          GROUP BY number),
        counted AS (
          SELECT number, max(grouped) AS grouped, max(netns) AS netns,
            max(local_address) AS local_address, max(peer_address) AS peer_address,
            max(peer_port) AS peer_port,
            (SELECT r.ports FROM room AS r WHERE r.number = stay.number) AS ports,
            sum(NOT unsent) AS connections,
            sum(NOT unsent AND there AND coalesce(entered <= :until, 0)) AS waiting,
            sum(NOT unsent AND there AND NOT coalesce(entered <= :until, 0)
              AND coalesce(closes, 0)) AS closing,
            sum(unsent) AS not_sent, max(CASE WHEN unsent THEN failed END) AS last_not_sent
          FROM stay GROUP BY number),
        \(Growth.slotsSQL),
        -- A port counts once, however many stays hold it.
        turn AS (
          SELECT number, way, local_port, max(began, :since) AS at, 1 AS place, 1 AS step
          FROM stay WHERE NOT unsent
          UNION ALL SELECT number, way, local_port, finish, 0, -1 FROM stay
          WHERE NOT unsent AND NOT there),
        depth AS (
          SELECT *, sum(step) OVER (
            PARTITION BY number, way, local_port ORDER BY at, place ROWS UNBOUNDED PRECEDING) AS n
          FROM turn),
        event AS (
          SELECT number, at, place, step, NULL AS slot FROM depth WHERE n = place
          UNION ALL SELECT number, :since + (:until - :since) * slot / :slots, 2, 0, slot
          FROM counted CROSS JOIN part),
        \(Growth.sweepSQL)
        """
}
