package import Model

/// Every connection between two ends, whichever of them is this host's: the incarnations of one
/// 4-tuple. Packed rows are read, as no index holds ports.
package struct SamePortsQuery {
    private static let sql = """
        WITH wanted AS MATERIALIZED (
          SELECT address_id FROM address WHERE address IN (:local_address, :peer_address)
        ), found AS MATERIALIZED (
          SELECT connection_id, side_id, peer_address_id, port FROM ended_connection
          WHERE port IN (:local_port - 32768, :peer_port - 32768)
            AND peer_address_id IN (SELECT address_id FROM wanted)
          UNION ALL
          SELECT connection_id, side_id, peer_address_id, port FROM live_connection
          WHERE port IN (:local_port - 32768, :peer_port - 32768)
            AND peer_address_id IN (SELECT address_id FROM wanted)
        ), named AS (
          SELECT f.connection_id, nullif(d.netns, 0) AS netns,
            nullif(d.interface, 0) AS interface, b.address AS local_address,
            CASE d.is_local WHEN 1 THEN d.port ELSE f.port + 32768 END AS local_port,
            a.address AS peer_address,
            CASE d.is_local WHEN 1 THEN f.port + 32768 ELSE d.port END AS peer_port
          FROM found AS f
          JOIN side AS d ON d.side_id = f.side_id
          JOIN address AS b ON b.address_id = d.local_address_id
          JOIN address AS a ON a.address_id = f.peer_address_id)
        SELECT connection_id, (local_address, local_port, peer_address, peer_port)
            = (:local_address, :local_port, :peer_address, :peer_port) AS is_same,
          netns, interface
        FROM named
        WHERE is_same
          OR (local_address, local_port, peer_address, peer_port)
            = (:peer_address, :peer_port, :local_address, :local_port)
        ORDER BY connection_id
        """

    /// connection_id; 1 where this host's end is the first one, 0 where it is the other; netns and
    /// interface.
    package let question: Question

    /// `local` is this host's end where `is_same` is told.
    package init(local: Endpoint, peer: Endpoint) {
        question = Question(
            Self.sql,
            arguments: [
                "local_address": .text("\(local.address)"),
                "local_port": .integer(Int64(local.port)),
                "peer_address": .text("\(peer.address)"), "peer_port": .integer(Int64(peer.port)),
            ],
            columns: [
                Column("connection_id"), Column("is_same"), Column("netns"), Column("interface"),
            ])
    }
}
