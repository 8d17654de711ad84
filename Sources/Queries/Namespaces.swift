import Model

/// Network namespaces by the names that people know.
package enum Namespaces {
    /// The name of the namespace of a row `t`, or its cookie where it has none.
    static let name = """
        coalesce((SELECT n.name FROM namespace AS n
          WHERE n.recording_id = t.recording_id AND n.netns = t.netns), CAST(t.netns AS TEXT))
        """

    /// The same where a row belongs to no recording: the latest name.
    static let newest = """
        coalesce((SELECT n.name FROM namespaces AS n
          WHERE n.netns = t.netns AND n.name IS NOT NULL
          ORDER BY n.recording_id DESC LIMIT 1), CAST(t.netns AS TEXT))
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
