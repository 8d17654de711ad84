import Model
import Store

/// How many local ports connections of this host hold toward each peer, of those that there are.
package struct PortsQuery {
    private static let sql = """
        WITH RECURSIVE
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
            w.entered <= :until AS waits, s.there AS closes,
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
          SELECT netns, local_address, peer_address, peer_port, local_port, close_kind, failed,
            waits, closes, began,
            max(coalesce(finish, began), coalesce(half_closed, finish, began)) AS finish
          FROM told),
        stay AS MATERIALIZED (
          SELECT h.*, dense_rank() OVER (
              ORDER BY h.netns, h.local_address, h.peer_address, h.peer_port) AS number,
            h.close_kind = 'not_sent' AS unsent, h.finish > :until AS there
          FROM held AS h LEFT JOIN reachable AS r ON r.netns IS h.netns
          WHERE CASE WHEN h.close_kind = 'not_sent' THEN h.failed BETWEEN :since AND :until
            ELSE h.began <= :until AND h.finish >= :since
              AND (r.low IS NULL AND h.local_port IS NOT NULL
                OR h.local_port BETWEEN r.low AND r.high AND NOT EXISTS (
                  SELECT 1 FROM block AS b
                  WHERE b.netns IS h.netns AND h.local_port BETWEEN b.low AND b.high)) END),
        counted AS (
          SELECT number, max(netns) AS netns, max(local_address) AS local_address,
            max(peer_address) AS peer_address, max(peer_port) AS peer_port,
            sum(NOT unsent) AS connections,
            sum(NOT unsent AND there AND coalesce(waits, 0)) AS waiting,
            sum(NOT unsent AND there AND NOT coalesce(waits, 0) AND coalesce(closes, 0))
              AS closing,
            sum(unsent) AS not_sent, max(CASE WHEN unsent THEN failed END) AS last_not_sent
          FROM stay GROUP BY number),
        \(Growth.slotsSQL),
        -- A port counts once, however many stays hold it.
        turn AS (
          SELECT number, local_port, max(began, :since) AS at, 1 AS place, 1 AS step
          FROM stay WHERE NOT unsent
          UNION ALL SELECT number, local_port, finish, 0, -1 FROM stay
          WHERE NOT unsent AND NOT there),
        depth AS (
          SELECT *, sum(step) OVER (
            PARTITION BY number, local_port ORDER BY at, place ROWS UNBOUNDED PRECEDING) AS n
          FROM turn),
        event AS (
          SELECT number, at, place, step, NULL AS slot FROM depth WHERE n = place
          UNION ALL SELECT number, :since + (:until - :since) * slot / :slots, 2, 0, slot
          FROM counted CROSS JOIN part),
        \(Growth.sweepSQL),
        total AS MATERIALIZED (
          SELECT c.*, (SELECT value FROM json_each(d.levels) ORDER BY key DESC LIMIT 1) AS in_use,
            coalesce(k.peak, 0) AS peak, k.peak_at, d.levels
          FROM counted AS c JOIN drawn AS d USING (number) LEFT JOIN peak AS k USING (number)
          ORDER BY \(order) LIMIT :top),
        \(tail)
        """

    /// As `sql`, of all connections: counted beforehand.
    private static let countedSQL = """
        WITH RECURSIVE
        \(PortRanges.tables),
        told AS (
          SELECT json_extract(value, '$[0]') AS number, json_extract(value, '$[1]') AS netns,
            json_extract(value, '$[2]') AS local_address, json_extract(value, '$[3]') AS key,
            json_extract(value, '$[4]') AS peer_port, json_extract(value, '$[5]') AS in_use,
            json_extract(value, '$[6]') AS waiting, json_extract(value, '$[7]') AS closing,
            json_extract(value, '$[8]') AS peak, json_extract(value, '$[9]') AS peak_at,
            json_extract(value, '$[10]') AS not_sent,
            json_extract(value, '$[11]') AS last_not_sent,
            json_extract(value, '$[12]') AS connections, json_extract(value, '$[13]') AS levels
          FROM json_each(:counts)),
        named AS (
          SELECT *, (SELECT a.address FROM address AS a WHERE a.address_id = key) AS peer_address
          FROM told),
        total AS MATERIALIZED (SELECT * FROM named ORDER BY \(order) LIMIT :top),
        \(tail)
        """

    private static let order =
        "peak DESC, not_sent DESC, netns, local_address, peer_address, peer_port"

    private static let tail = """
        \(Growth.probeSQL),
        \(Growth.sql)
        SELECT t.local_address,
          coalesce(CASE WHEN instr(t.peer_address, ':') THEN '[' || t.peer_address || ']'
            ELSE t.peer_address END, '*') || ':' || coalesce(t.peer_port, '*'),
          t.in_use, t.waiting, t.closing, t.peak, r.ports, CAST(t.peak AS REAL) / r.ports,
          t.peak_at, t.not_sent, t.last_not_sent, g.an_hour,
          CASE WHEN g.is_sure AND g.an_hour > 0
            THEN max(0, r.ports - t.in_use) / g.an_hour * 3600 END,
          t.connections, t.peer_address, t.peer_port, t.netns, \(Namespaces.newest), t.levels
        FROM total AS t LEFT JOIN growth AS g USING (number)
        LEFT JOIN reachable AS r ON r.netns IS t.netns
        ORDER BY \(order.replacing("netns", with: "t.netns"))
        """

    package let question: Question

    /// One row a pair of own address and peer, the fullest first. Growth is that of the last
    /// quarter. `apart` shows which namespace each is in.
    package init(_ scope: Scope, apart: Bool = false, slots: Int64 = 32) {
        var question = Question(
            Self.countedSQL, scope: scope,
            arguments: ["slots": .integer(slots), "first": .integer(max(1, slots * 3 / 4))],
            columns: Self.columns)
        question.shown = (apart ? [17] : []) + [1, 2, 3, 4, 5, 7, 9, 12, 18]
        question.asked = Question(Self.sql, scope: scope, columns: []).sql
        question.count = { session in
            let presence = try Presence(session, scope.range)
            let empty = PortsTally(
                presence, book: try GroupBook(session, scope, by: .peer),
                sides: try ClientSides(session), sets: try PortSets(session, scope),
                closing: try Self.closing(session, presence))
            var tally = try session.tally(empty, passing: try Passing(session, scope))
            return ["counts": tally.cell(top: scope.top, slots: slots)]
        }
        self.question = question
    }

    private static func closing(
        _ session: Session, _ presence: Presence
    ) throws -> PortsTally.Closing {
        var closing = PortsTally.Closing()
        let states: [TCPState] = [.finWait1, .finWait2, .closeWait, .lastAck, .closing]
        try SpannedStays.each(session, in: states) { stay in
            guard let latest = stay.entered.latest else { return }
            let began = stay.entered.point ?? latest
            let finish = presence.finish(stay.left, began: began)
            let id = stay.connection.id
            if stay.state == .finWait2 {
                closing.ends[id] = max(closing.ends[id] ?? finish, finish)
            }
            if began <= presence.range.until, finish > presence.range.until {
                closing.there.insert(id)
            }
        }
        return closing
    }

    private static var columns: [Column] {
        [
            Column("local_address", title: "local"), Column("peer"),
            Column("in_use", title: "now", kind: .number),
            Column("time_wait", title: "waiting", kind: .number),
            Column("closing", kind: .number), Column("peak", kind: .number),
            Column("available", title: "of", kind: .number),
            Column("peak_share", title: "used", kind: .ratio),
            Column("peak_at", title: "peak at", kind: .moment),
            Column("not_sent", title: "unsent", kind: .number),
            Column("last_not_sent_at", title: "last unsent", kind: .moment),
            Column("growth_per_hour", title: "an hour", kind: .number),
            Column("exhausted_in_s", title: "full in", kind: .seconds),
            Column("connections", kind: .number), Column("peer_address"), Column("peer_port"),
            Column("netns"), Column("namespace"),
            Column("levels", title: "over time", kind: .series),
        ]
    }
}
