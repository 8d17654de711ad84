import Model

/// Connections by the other end: how many, how they fared and what they carried.
package struct PeersQuery {
    /// By what of the other end connections are gathered.
    package enum Group: String, CaseIterable, Sendable {
        case peer
        case peerPort = "peer-port"

        var key: TrafficTally.Key { self == .peer ? .peer : .peerPort }
        var column: String { self == .peer ? "peer_address" : "peer_port" }
    }

    private static let addresses = """
        LEFT JOIN (SELECT address_id, nullif(nullif(address, '0.0.0.0'), '::') AS name
          FROM address) AS n ON n.address_id = t.key
        """

    private static let sql = """
        WITH
        :traffic,
        \(RecordedTime.sql)
        SELECT coalesce(:name, 'unknown') AS name, connections, opened,
          opened / (SELECT seconds FROM recorded), still_open, failed, closed,
          CAST(reset AS REAL) / nullif(closed, 0), median / 2e6, bytes_sent, bytes_received,
          as_client, as_server, time_waits
        FROM traffic AS t :names
        ORDER BY connections DESC, name LIMIT :top
        """

    package let question: Question

    /// One row a group, the largest first; with a bucket's length, such rows for each part of the
    /// range.
    package init(_ scope: Scope, by group: Group = .peer, bucketMicroseconds: Int64? = nil) {
        question = Question.parted(
            scope, bucketMicroseconds, counts: Traffic.counts(scope, by: group.key)
        ) { Self.question($0, by: group) }
    }

    private static func question(_ scope: Scope, by group: Group) -> Question {
        func literal(_ traffic: String, name: String, names: String) -> String {
            sql.replacing(":traffic", with: traffic).replacing(":names", with: names)
                .replacing(":name", with: name)
        }
        let asked = literal(
            Traffic.asked(by: group.column), name: "CAST(key AS TEXT)", names: "")
        let counted = literal(
            Traffic.counted, name: group == .peer ? "n.name" : "CAST(nullif(key, 0) AS TEXT)",
            names: group == .peer ? addresses : "")
        var question = Question(counted, scope: scope, columns: columns(group))
        question.asked = Question(asked, scope: scope, columns: []).sql
        question.shown = [0, 1, 2, 4, 5, 7, 8, 9, 10]
        return question
    }

    private static func columns(_ group: Group) -> [Column] {
        [
            Column(group.column, title: group.column.replacing("_", with: " ")),
            Column("connections", title: "conns", kind: .number),
            Column("opened", kind: .number),
            Column("opens_per_s", title: "a second", kind: .number),
            Column("still_open", title: "open", kind: .number),
            Column("failed", kind: .number), Column("closed", kind: .number),
            Column("reset_share", title: "reset", kind: .ratio),
            Column("median_s", title: "median", kind: .seconds),
            Column("bytes_sent", title: "sent", kind: .bytes),
            Column("bytes_received", title: "received", kind: .bytes),
            Column("as_client", title: "client", kind: .number),
            Column("as_server", title: "server", kind: .number),
            Column("time_waits", title: "TIME-WAITs", kind: .number),
        ]
    }
}
