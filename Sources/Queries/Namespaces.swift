import Model

/// Network namespaces by the names that people know.
package enum Namespaces {
    /// The name of the namespace of a row `t`, or its cookie where it has none.
    static let name = """
        coalesce((SELECT n.name FROM namespace AS n
          WHERE n.recording_id = t.recording_id AND n.netns = t.netns), CAST(t.netns AS TEXT))
        """

    private static let countSQL = """
        SELECT count(DISTINCT netns) FROM namespaces
        WHERE first_seen_us <= :until AND coalesce(last_seen_us, :until) >= :since
        """

    /// How many were there within a range.
    package static func count(_ scope: Scope) -> Question {
        Question(countSQL, scope: scope, columns: [Column("namespaces", kind: .number)])
    }
}
