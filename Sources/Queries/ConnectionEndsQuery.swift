import Model

/// The two ends of one connection.
package struct ConnectionEndsQuery {
    private static let sql = """
        SELECT local_address, local_port, peer_address, peer_port FROM connections
        WHERE connection_id = :id
        """
    private static let idsSQL = """
        SELECT min(first), max(last) FROM (
          SELECT (SELECT min(connection_id) FROM ended_connection) AS first,
            (SELECT max(connection_id) FROM ended_connection) AS last
          UNION ALL
          SELECT (SELECT min(connection_id) FROM live_connection),
            (SELECT max(connection_id) FROM live_connection))
        """

    /// The lowest and the highest id of a file; NULL where it holds no connection.
    package static let ids = Question(idsSQL, columns: [Column("first"), Column("last")])

    /// local_address, local_port, peer_address, peer_port; no row where there is no such id.
    package let question: Question

    package init(_ connection: Int64) {
        question = Question(
            Self.sql, arguments: ["id": .integer(connection)],
            columns: [
                Column("local_address"), Column("local_port"), Column("peer_address"),
                Column("peer_port"),
            ])
    }
}
