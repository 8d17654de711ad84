package import GRDB

/// What a policy would take out of a file that nobody records into.
package struct PrunePlan: Equatable, Sendable {
    /// Details before this sample go; nil: none.
    package let sample: Int64?
    /// Hours before this one go, counted from 1970; nil: none.
    package let hour: Int64?
    /// Octets that are expected to come free.
    package let bytes: Int64

    /// What rows are called, in the order in which they are counted.
    package static let parts = [
        "samples", "states of samples", "connections", "stays and owners",
        "descriptor counts", "listeners and UDP sockets", "processes", "addresses", "hours",
    ]

    /// A sample's and a connection's octets, with all that belongs to them, about: only their
    /// proportion matters.
    private static let sampleWeight = 260.0
    private static let connectionWeight = 95.0

    /// A plan for one sample: for tests.
    init(sample: Int64) {
        self.sample = sample
        hour = nil
        bytes = 0
    }

    /// Plans by a file as it stands; `now` is the wall clock, µs.
    package init(_ policy: RetentionPolicy, _ database: Database, path: String, now: Int64) throws {
        hour = policy.keepRollupsMicroseconds.map { (now - $0) / WallHours.length }
        let lowest = try Horizon.lowest(database)
        let last = try Int64.fetchOne(database, sql: "SELECT max(sample_id) FROM sample")
        guard let lowest, let last else {
            sample = nil
            bytes = 0
            return
        }
        var wanted = lowest.sample
        if let keep = policy.keepMicroseconds {
            let aged = try Int64.fetchOne(
                database, sql: "SELECT max(sample_id) + 1 FROM sample WHERE sampled_us < ?",
                arguments: [now - keep])
            wanted = max(wanted, min(last, aged ?? wanted))
        }
        let size = try FileSize(database, path: path)
        let whole = try Self.weight(database, from: lowest, to: last)
        func freed(_ sample: Int64) throws -> Double {
            Double(size.usedBytes) * (try Self.weight(database, from: lowest, to: sample)) / whole
        }
        if let most = policy.maxBytes {
            // Hours take some of it again.
            let needed = Double(size.usedBytes) - Double(most) * 0.92
            var range = wanted...last
            while try range.lowerBound < range.upperBound && freed(range.lowerBound) < needed {
                let middle = (range.lowerBound + range.upperBound) / 2
                range =
                    try freed(middle) < needed
                    ? (middle + 1)...range.upperBound : range.lowerBound...middle
                if range.lowerBound == range.upperBound { break }
            }
            wanted = range.lowerBound
            if try freed(wanted) < needed { wanted = range.upperBound }
        }
        let horizon = try Horizon.sound(database, atMost: wanted, above: lowest.sample)
        sample = wanted > lowest.sample ? (horizon?.sample ?? wanted) : nil
        bytes = Int64(try freed(sample ?? lowest.sample))
    }

    private static func weight(
        _ database: Database, from lowest: Horizon, to sample: Int64
    ) throws -> Double {
        let next = try Horizon(database, from: sample)?.nextConnection ?? lowest.nextConnection
        let first =
            try Int64.fetchOne(database, sql: "SELECT min(connection_id) FROM ended_connection")
            ?? next
        return max(
            1,
            Double(sample - lowest.sample) * sampleWeight
                + Double(max(0, next - first)) * connectionWeight)
    }

    /// Counts what would go.
    package func report(_ database: Database) throws -> PruneReport {
        var rows = Self.parts.map { _ in Int64(0) }
        if let hour {
            rows[8] = try HourRows.count(database, before: hour)
        }
        guard let sample, let horizon = try Horizon(database, from: sample),
            let lowest = try Horizon.lowest(database)
        else { return PruneReport(rows: rows, from: nil, until: nil) }
        let numbers: StatementArguments = [
            0, 0, horizon.sample, horizon.recording, horizon.moment,
        ]
        for (index, sql) in Self.counts {
            rows[index] += try Int64.fetchOne(database, sql: sql, arguments: numbers) ?? 0
        }
        return PruneReport(rows: rows, from: lowest.moment, until: horizon.moment)
    }

    private static let unused = "?1 = ?1 AND ?2 = ?2"
    /// What stays of connections and of the host.
    private static let kept = """
        WITH kept AS MATERIALIZED (
          SELECT w.side_id, w.peer_address_id FROM live_connection AS w
          UNION ALL
          SELECT w.side_id, w.peer_address_id
          FROM ended_connection AS w JOIN stored_connection AS c ON c.connection_id = w.connection_id
          WHERE c.live = 0 AND NOT (\(Horizon.connectionIsOver))),
        named AS MATERIALIZED (
          SELECT d.process_id, d.local_address_id AS address_id FROM side AS d
          WHERE d.side_id IN (SELECT side_id FROM kept)
          UNION SELECT NULL, peer_address_id FROM kept
          UNION SELECT process_id, local_address_id FROM listener
          WHERE NOT (\(PrunedTable.all[1].isOver))
          UNION SELECT process_id, local_address_id FROM datagram_socket
          WHERE NOT (\(PrunedTable.all[2].isOver))
          UNION SELECT NULL, peer_address_id FROM datagram_socket
          WHERE NOT (\(PrunedTable.all[2].isOver))
          UNION SELECT process_id, NULL FROM descriptor_span
          WHERE NOT (\(PrunedTable.all[0].isOver))
          UNION SELECT o.process_id, NULL FROM further_owner AS o
          WHERE NOT EXISTS (SELECT 1 FROM stored_connection AS c
            WHERE c.connection_id = o.connection_id AND \(Horizon.connectionIsOver)))
        """
    private static let counts: [(Int, String)] = [
        (
            0,
            "SELECT count(*) FROM sample WHERE sample_id < ?3 AND ?4 = ?4 AND ?5 = ?5 AND \(unused)"
        ),
        (
            1,
            "SELECT count(*) FROM namespace_sample WHERE sample_id < ?3 AND ?4 = ?4 AND ?5 = ?5 AND \(unused)"
        ),
        (
            1,
            "SELECT count(*) FROM missed WHERE sample_id < ?3 AND ?4 = ?4 AND ?5 = ?5 AND \(unused)"
        ),
        (
            2,
            "SELECT count(*) FROM stored_connection AS c WHERE \(Horizon.connectionIsOver) AND \(unused)"
        ),
        (
            3,
            """
            SELECT count(*) FROM stored_connection AS c JOIN span AS s
              ON s.connection_id = c.connection_id
            WHERE \(Horizon.connectionIsOver) AND \(unused)
            """
        ),
        (
            3,
            """
            SELECT count(*) FROM stored_connection AS c JOIN further_owner AS s
              ON s.connection_id = c.connection_id
            WHERE \(Horizon.connectionIsOver) AND \(unused)
            """
        ),
        (
            4,
            "SELECT count(*) FROM descriptor_span WHERE \(PrunedTable.all[0].isOver) AND \(unused)"
        ),
        (5, "SELECT count(*) FROM listener WHERE \(PrunedTable.all[1].isOver) AND \(unused)"),
        (
            5,
            "SELECT count(*) FROM datagram_socket WHERE \(PrunedTable.all[2].isOver) AND \(unused)"
        ),
        (
            6,
            """
            \(kept) SELECT count(*) FROM process AS p
            WHERE \(Horizon.isOver("last_seen_us")) AND \(unused)
              AND NOT EXISTS (SELECT 1 FROM named AS n WHERE n.process_id = p.process_id)
            """
        ),
        (
            7,
            """
            \(kept) SELECT count(*) FROM address AS a
            WHERE \(unused) AND a.address_id NOT IN (
              SELECT address_id FROM named WHERE address_id IS NOT NULL)
            """
        ),
        (
            7,
            """
            \(kept) SELECT count(*) FROM side AS d
            WHERE \(unused) AND d.side_id NOT IN (SELECT side_id FROM kept)
            """
        ),
    ]
}
