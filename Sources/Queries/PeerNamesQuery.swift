import Model

/// What each peer is called, by the number that its connections hold.
package enum PeerNamesQuery {
    private static let sql = """
        SELECT address_id, coalesce(nullif(nullif(address, '0.0.0.0'), '::'), 'unknown')
        FROM address
        """

    /// Number and name.
    package static var question: Question {
        Question(sql, columns: [Column("address_id"), Column("grouped")])
    }
}
