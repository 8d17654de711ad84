import Model

/// How many local ports connections of this host hold toward each peer, of those that there are.
package struct PortsQuery {
    private static let sql = """
        WITH RECURSIVE
        \(PortsSQL.tables),
        total AS MATERIALIZED (
          SELECT c.*, (SELECT value FROM json_each(d.levels) ORDER BY key DESC LIMIT 1) AS in_use,
            coalesce(k.peak, 0) AS peak, k.peak_at, d.levels
          FROM counted AS c JOIN drawn AS d USING (number) LEFT JOIN peak AS k USING (number)
          ORDER BY \(orderMark) LIMIT :top),
        \(tail)
        """

    /// As `sql`, of all connections: counted beforehand.
    private static let countedSQL = """
        WITH told AS (
          SELECT json_extract(value, '$[0]') AS number, \(endsMark),
            json_extract(value, '$[#-10]') AS ports, json_extract(value, '$[#-9]') AS in_use,
            json_extract(value, '$[#-8]') AS waiting, json_extract(value, '$[#-7]') AS closing,
            json_extract(value, '$[#-6]') AS peak, json_extract(value, '$[#-5]') AS peak_at,
            json_extract(value, '$[#-4]') AS not_sent,
            json_extract(value, '$[#-3]') AS last_not_sent,
            json_extract(value, '$[#-2]') AS connections, json_extract(value, '$[#-1]') AS levels
          FROM json_each(:counts)),
        named AS (SELECT *, \(nameMark) FROM told),
        total AS MATERIALIZED (SELECT * FROM named ORDER BY \(orderMark) LIMIT :top),
        \(tail)
        """

    private static let tail = """
        \(Growth.probeSQL),
        \(Growth.sql)
        SELECT \(leadMark), t.in_use, t.waiting, t.closing, t.peak, t.ports,
          CAST(t.peak AS REAL) / t.ports, t.peak_at, t.not_sent, t.last_not_sent, g.an_hour,
          CASE WHEN g.is_sure AND g.an_hour > 0
            THEN max(0, t.ports - t.in_use) / g.an_hour * 3600 END,
          t.connections, \(restMark)t.levels
        FROM total AS t LEFT JOIN growth AS g USING (number)
        ORDER BY \(orderMark)
        """

    fileprivate static let endsMark = ":ends"
    fileprivate static let nameMark = ":name"
    fileprivate static let leadMark = ":lead"
    fileprivate static let restMark = ":rest"
    fileprivate static let orderMark = ":order"

    package let question: Question

    /// One row a pair of own address and peer or, where ports are gathered, a row for each process,
    /// peer or peer's port; the fullest first, and with a bucket's length such rows for each part of
    /// the range. Growth is that of the last quarter. `apart` shows which namespace each is in.
    package init(
        _ scope: Scope, by grouping: Grouping? = nil, bucketMicroseconds: Int64? = nil,
        apart: Bool = false, slots: Int64 = 32
    ) {
        let counts: Question.Counts = { session, buckets in
            var tally = try Self.tally(session, scope, buckets, by: grouping)
            return tally.parts.indices.map { part in
                ["counts": tally.parts[part].cell(top: scope.top, slots: slots)]
            }
        }
        question = Question.parted(scope, bucketMicroseconds, counts: counts) { part in
            Self.question(part, by: grouping, apart: apart, slots: slots)
        }
    }

    private static func question(
        _ scope: Scope, by grouping: Grouping?, apart: Bool, slots: Int64
    ) -> Question {
        let words = Words(grouping)
        var question = Question(
            words.put(into: countedSQL), scope: scope,
            arguments: ["slots": .integer(slots), "first": .integer(max(1, slots * 3 / 4))],
            columns: columns(grouping))
        question.shown =
            grouping == nil
            ? (apart ? [17] : []) + [1, 2, 3, 4, 5, 7, 9, 12, 18] : [0, 1, 2, 3, 4, 6, 8, 11, 13]
        let asked = PortsSQL.gathered(words.put(into: sql), by: grouping)
        question.asked = Question(asked, scope: scope, columns: []).sql
        return question
    }

    /// Counts the ports of each part of a range.
    static func tally(
        _ session: Session, _ scope: Scope, _ buckets: Buckets, by grouping: Grouping? = nil,
        choice: PortsTally.Choice = PortsTally.Choice()
    ) throws -> PartedTally<PortsTally> {
        let peers = try GroupBook(session, scope, by: .peer)
        let holders = try grouping.map { try GroupBook(session, scope, by: $0) }
        let parts = try PortStays.each(session, scope, buckets.ranges).map {
            PortsTally($0, peers: peers, holders: holders, choice: choice)
        }
        return try session.parted(buckets, parts, passing: try Passing(session, scope))
    }

    private static func columns(_ grouping: Grouping?) -> [Column] {
        let ends =
            grouping.map { [Column($0.column, title: $0.column.replacing("_", with: " "))] }
            ?? [Column("local_address", title: "local"), Column("peer")]
        let numbers = [
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
            Column("connections", kind: .number),
        ]
        let rest = ["peer_address", "peer_port", "netns", "namespace"].map { Column($0) }
        return ends + numbers + (grouping == nil ? rest : [])
            + [Column("levels", title: "over time", kind: .series)]
    }
}

/// What differs between a row for each destination and a row for all of one holder.
private struct Words {
    private let ends: String
    private let name: String
    private let lead: String
    private let rest: String
    private let order: String

    init(_ grouping: Grouping?) {
        guard let grouping else {
            ends = """
                json_extract(value, '$[1]') AS netns, json_extract(value, '$[2]') AS local_address,
                    json_extract(value, '$[3]') AS key, json_extract(value, '$[4]') AS peer_port
                """
            name = """
                (SELECT a.address FROM address AS a WHERE a.address_id = key) AS peer_address
                """
            lead = """
                t.local_address,
                  coalesce(CASE WHEN instr(t.peer_address, ':') THEN '[' || t.peer_address || ']'
                    ELSE t.peer_address END, '*') || ':' || coalesce(t.peer_port, '*')
                """
            rest = "t.peer_address, t.peer_port, t.netns, \(Namespaces.newest), "
            order = "peak DESC, not_sent DESC, netns, local_address, peer_address, peer_port"
            return
        }
        ends = "json_extract(value, '$[1]') AS key, json_extract(value, '$[2]') AS label"
        name = "\(GroupBook.nameSQL(grouping)) AS grouped"
        lead = "t.grouped"
        rest = ""
        order = "peak DESC, not_sent DESC, grouped"
    }

    func put(into sql: String) -> String {
        sql.replacing(PortsQuery.endsMark, with: ends).replacing(PortsQuery.nameMark, with: name)
            .replacing(PortsQuery.leadMark, with: lead).replacing(PortsQuery.restMark, with: rest)
            .replacing(PortsQuery.orderMark, with: order)
    }
}
