import Model

/// Who opens connections one after the other where one could have been kept.
package struct FlowsQuery {
    /// By what the connections of a range are gathered.
    package enum Group: String, CaseIterable, Sendable {
        case process, peer, port
        /// One process's connections to one peer and port.
        case flow
    }

    /// How long after an end a successor may begin, µs.
    package static let patience: Int64 = 1_000_000

    private static let port = """
        CASE role WHEN 'server' THEN local_port WHEN 'client' THEN peer_port
          ELSE nullif(min(coalesce(local_port, 0), coalesce(peer_port, 0)), 0) END
        """

    private static let askedSQL = """
        WITH
        lives AS (
          SELECT recording_id, netns, role, process_id, comm, peer_address, \(port) AS port,
            opened_us, closed_us, closed_by, bytes_sent, bytes_received,
            coalesce(close_kind IN ('fin', 'unknown')
              AND closed_us + :patience <= :until, 0) AS reusable,
            CASE WHEN closed_max_us IS NULL THEN 9223372036854775807
              ELSE max(0, closed_min_us - opened_max_us) + closed_max_us - opened_min_us END
              AS life
          FROM connections
          WHERE opened_us BETWEEN :since AND :until AND :filter),
        moments AS (
          SELECT recording_id, netns, role, process_id, comm, peer_address, port,
            opened_us AS at, 1 AS opens
          FROM lives
          UNION ALL
          SELECT recording_id, netns, role, process_id, comm, peer_address, port, closed_us, 0
          FROM lives WHERE reusable),
        successors AS (
          SELECT :keys, at, opens, min(CASE WHEN opens THEN at END) OVER (
              PARTITION BY recording_id, netns, role, process_id, peer_address, port
              ORDER BY at DESC, opens DESC ROWS UNBOUNDED PRECEDING) AS next
          FROM moments),
        followed AS (
          SELECT :keys, sum(coalesce(next - at <= :patience, 0)) AS followed, count(*) AS ends
          FROM successors WHERE NOT opens GROUP BY :keys),
        changes AS (
          SELECT :keys, opened_us AS at, 1 AS change FROM lives
          UNION ALL SELECT :keys, closed_us, -1 FROM lives WHERE closed_us IS NOT NULL),
        levels AS (
          SELECT :keys, sum(change) OVER (
            PARTITION BY :keys ORDER BY at, change DESC ROWS UNBOUNDED PRECEDING) AS level
          FROM changes),
        peaks AS (SELECT :keys, max(level) AS at_once FROM levels GROUP BY :keys),
        ranked AS (
          SELECT *, row_number() OVER (PARTITION BY :keys, life IS NULL ORDER BY life) AS place,
            count(life) OVER (PARTITION BY :keys) AS known
          FROM lives),
        sums AS (
          SELECT :keys, count(*) AS opened, sum(bytes_sent) AS sent,
            count(bytes_sent) AS sent_known, sum(bytes_received) AS received,
            count(bytes_received) AS received_known,
            sum(closed_by = 'local' AND closed_us IS NOT NULL) AS by_local,
            count(closed_us) AS closed,
            nullif(max(CASE WHEN life IS NOT NULL AND place = (known + 1) / 2 THEN life END),
              9223372036854775807) AS median
          FROM ranked GROUP BY :keys),
        counted AS (
          SELECT s.*, p.at_once, coalesce(f.followed, 0) AS followed, coalesce(f.ends, 0) AS ends
          FROM sums AS s JOIN peaks AS p ON :same_p LEFT JOIN followed AS f ON :same_f),
        """

    private static let countedSQL = """
        WITH
        counted AS (
          SELECT p.comm, p.process_id,
            CASE d.role WHEN 1 THEN 'client' WHEN 2 THEN 'server' ELSE 'unknown' END AS role,
            nullif(nullif(a.address, '0.0.0.0'), '::') AS peer_address,
            nullif(d.port, 0) AS port, nullif(d.netns, 0) AS netns,
            json_extract(value, '$[2]') AS opened, json_extract(value, '$[3]') AS at_once,
            json_extract(value, '$[4]') AS median, json_extract(value, '$[5]') AS followed,
            json_extract(value, '$[6]') AS ends, json_extract(value, '$[7]') AS sent,
            json_extract(value, '$[8]') AS sent_known, json_extract(value, '$[9]') AS received,
            json_extract(value, '$[10]') AS received_known,
            json_extract(value, '$[11]') AS by_local, json_extract(value, '$[12]') AS closed
          FROM json_each(:counts)
          JOIN side AS d ON d.side_id = json_extract(value, '$[0]')
          LEFT JOIN process AS p ON p.process_id = d.process_id
          LEFT JOIN address AS a ON a.address_id = json_extract(value, '$[1]')),
        """

    private static let rest = """
        \(RecordedTime.sql)
        SELECT :names, opened, opened * 60 / (SELECT seconds FROM recorded), at_once,
          median / 2e6, CAST(followed AS REAL) / nullif(ends, 0),
          CAST(sent AS REAL) / nullif(sent_known, 0),
          CAST(received AS REAL) / nullif(received_known, 0),
          CAST(by_local AS REAL) / nullif(closed, 0), followed
        FROM counted
        ORDER BY opened DESC, :order LIMIT :top
        """

    package let question: Question

    /// One row a group, that with the most openings first.
    package init(_ scope: Scope, by group: Group) {
        let asked = Self.sql(Self.askedSQL, group)
        let counted = Self.sql(Self.countedSQL, group)
        var question = Question(
            counted, scope: scope, arguments: ["patience": .integer(Self.patience)],
            columns: group.columns + [
                Column("opened", kind: .number),
                Column("opens_per_min", title: "per min", kind: .number),
                Column("at_once", title: "at once", kind: .number),
                Column("median_s", title: "median", kind: .seconds),
                Column("followed_share", title: "followed", kind: .ratio),
                Column("bytes_sent_each", title: "sent each", kind: .bytes),
                Column("bytes_received_each", title: "received", kind: .bytes),
                Column("closed_by_local_share", title: "closed here", kind: .ratio),
                Column("followed", title: "followed, in all", kind: .number),
            ])
        let names = group.columns.count
        question.shown =
            group == .flow
            ? [0, 2, 3] + [0, 2, 3, 4, 5].map { names + $0 }
            : [0] + [0, 2, 3, 4, 5, 7].map { names + $0 }
        question.asked = Question(asked, scope: scope, columns: []).sql
        question.count = { session in
            let sides = try SideTable(session)
            let tally = try session.tally(
                FlowTally(
                    scope.range, patience: Self.patience, sides: sides,
                    passing: try Passing(session, scope)))
            let groups = FlowGroups(tally, sides: sides, patience: Self.patience)
            return ["counts": groups.cell(by: group, top: scope.top)]
        }
        self.question = question
    }

    private static func sql(_ counting: String, _ group: Group) -> String {
        func same(_ table: String) -> String {
            group.keys.map { "\(table).\($0) IS s.\($0)" }.joined(separator: " AND ")
        }
        return (counting + "\n" + rest)
            .replacing(":keys", with: group.keys.joined(separator: ", "))
            .replacing(":same_p", with: same("p")).replacing(":same_f", with: same("f"))
            .replacing(":names", with: group.names.joined(separator: ", "))
            .replacing(":order", with: group.order)
    }
}

extension FlowsQuery.Group {
    /// Columns of a connection that tell its group.
    fileprivate var keys: [String] {
        switch self {
        case .process: ["comm"]
        case .peer: ["peer_address"]
        case .port: ["port"]
        case .flow: ["recording_id", "netns", "role", "process_id", "comm", "peer_address", "port"]
        }
    }

    /// A group's name, as SQL.
    fileprivate var names: [String] {
        switch self {
        case .process: ["coalesce(comm, 'unknown')"]
        case .peer: ["coalesce(peer_address, 'unknown')"]
        case .port: ["coalesce(CAST(port AS TEXT), 'unknown')"]
        case .flow:
            ["coalesce(comm, 'unknown')", "role", "coalesce(peer_address, 'unknown')", "port"]
        }
    }

    fileprivate var order: String {
        switch self {
        case .process: "comm"
        case .peer: "peer_address"
        case .port: "CAST(port AS TEXT)"
        case .flow: "comm, role, peer_address, port, process_id, netns"
        }
    }

    fileprivate var columns: [Column] {
        switch self {
        case .process: [Column("process")]
        case .peer: [Column("peer_address", title: "peer")]
        case .port: [Column("port")]
        case .flow:
            [
                Column("process"), Column("role"), Column("peer_address", title: "peer"),
                Column("port"),
            ]
        }
    }
}
