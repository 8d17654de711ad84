import Model

/// To which group each side of a recording's connections belongs, for groups that a side tells.
package struct SideGroupsQuery {
    private static let sql = """
        SELECT t.side_id, :group AS grouped FROM (
          SELECT d.side_id, p.comm,
            CASE d.role WHEN 1 THEN 'client' WHEN 2 THEN 'server' ELSE 'unknown' END AS role
          FROM side AS d LEFT JOIN process AS p ON p.process_id = d.process_id) AS t
        """

    /// Side and name.
    package let question: Question

    /// nil where a side does not tell the group, or not of every connection.
    package init?(_ scope: Scope, by grouping: Grouping?) {
        let columns = [Column("side_id", kind: .number), Column("grouped")]
        switch grouping {
        case nil:
            question = Question(
                Self.sql.replacing(":group", with: "'all'"), scope: scope, columns: columns)
        case .process, .role:
            question = Question(Self.sql, scope: scope, grouping: grouping, columns: columns)
        case .peer, .port, .peerPort, .closer: return nil
        }
    }
}
