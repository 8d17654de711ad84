import Model

/// How much of what the kernel counted the recording holds.
package struct CoverageQuery {
    /// The steps of a range; where a bound cuts one, it belongs to the range.
    private static let steps = """
        step AS (
          SELECT * FROM coverage_steps WHERE until_us > :since AND from_us < :until)
        """

    private static let sql = """
        WITH \(steps), part AS (
          SELECT recording_id, netns, min(from_us) AS from_us, max(until_us) AS until_us,
            CASE WHEN count(active_kernel) = count(*) THEN sum(active_kernel) END AS active_kernel,
            sum(active_recorded) AS active_recorded,
            CASE WHEN count(passive_kernel) = count(*) THEN sum(passive_kernel) END
              AS passive_kernel,
            sum(passive_recorded) AS passive_recorded, sum(unattributed) AS unattributed
          FROM step GROUP BY recording_id, netns, hour),
        share AS (
          SELECT *, active_kernel + passive_kernel AS kernel_opens,
            active_recorded + passive_recorded + unattributed AS recorded_opens
          FROM part)
        SELECT from_us, until_us, active_kernel,
          CAST(active_recorded AS REAL) / nullif(active_kernel, 0), passive_kernel,
          CAST(passive_recorded AS REAL) / nullif(passive_kernel, 0),
          CAST(recorded_opens AS REAL) / nullif(kernel_opens, 0),
          CASE WHEN recorded_opens > kernel_opens OR active_recorded > active_kernel
            OR passive_recorded > passive_kernel THEN '!' ELSE '' END,
          \(Namespaces.name), kernel_opens, recorded_opens, active_recorded, passive_recorded,
          unattributed, netns
        FROM share AS t
        ORDER BY from_us, netns
        """

    private static let totalSQL = """
        WITH \(steps), known AS (
          SELECT * FROM step WHERE active_kernel IS NOT NULL AND passive_kernel IS NOT NULL),
        part AS (
          SELECT recording_id, netns, sum(active_kernel) AS active_kernel,
            sum(active_recorded) AS active_recorded, sum(passive_kernel) AS passive_kernel,
            sum(passive_recorded) AS passive_recorded, sum(unattributed) AS unattributed
          FROM known GROUP BY recording_id, netns),
        named AS (SELECT *, \(Namespaces.name) AS namespace FROM part AS t),
        row AS (
          SELECT 1 AS place, 'as client' AS direction, namespace, active_kernel AS counted,
            active_recorded AS recorded FROM named
          UNION ALL SELECT 2, 'as server', namespace, passive_kernel, passive_recorded FROM named
          UNION ALL SELECT 3, 'role unknown', namespace, NULL, unattributed FROM named
          UNION ALL SELECT 4, 'together', namespace, active_kernel + passive_kernel,
            active_recorded + passive_recorded + unattributed FROM named),
        sums AS (
          SELECT namespace, place, direction, sum(counted) AS counted, sum(recorded) AS recorded
          FROM row GROUP BY namespace, place
          UNION ALL
          SELECT NULL, place, direction, sum(counted), sum(recorded) FROM row GROUP BY place)
        SELECT direction, counted, recorded, max(0, counted - recorded),
          CAST(recorded AS REAL) / nullif(counted, 0),
          CASE WHEN recorded > counted THEN '!' ELSE '' END, coalesce(namespace, 'all'),
          (SELECT count(*) FROM (
            SELECT 1 FROM step GROUP BY recording_id, netns
            HAVING count(active_kernel + passive_kernel) = 0))
        FROM sums
        WHERE (place <> 3 OR recorded > 0) AND (:apart OR namespace IS NULL)
        ORDER BY namespace IS NULL, namespace, place
        """

    /// A step that only ran ahead of its counters is made good by a later one: what is missing for
    /// good is the least that was missing from then on.
    private static let missingSQL = """
        WITH \(steps), run AS (
          SELECT recording_id, netns, sample_id, from_us, until_us,
            sum(active_kernel + passive_kernel
              - active_recorded - passive_recorded - unattributed) OVER (
              PARTITION BY recording_id, netns ORDER BY sample_id) AS missing
          FROM step),
        held AS (
          SELECT *, max(0, min(missing) OVER (
              PARTITION BY recording_id, netns ORDER BY sample_id DESC)) AS kept
          FROM run),
        rise AS (
          SELECT from_us, until_us, kept - lag(kept, 1, 0) OVER (
              PARTITION BY recording_id, netns ORDER BY sample_id) AS number
          FROM held)
        SELECT from_us, until_us, sum(number) FROM rise WHERE number > 0
        GROUP BY from_us, until_us ORDER BY until_us
        """

    /// One row an hour and namespace.
    package let question: Question
    /// A row for each direction and for both together: over the range, and before it over each
    /// namespace where these are told apart. The last cell of each is the number of namespaces whose
    /// counters were never read.
    package let total: Question
    /// When what is missing was missed: from, until, number, on the axis.
    package let missing: Question

    /// `apart` shows which namespace each row is about.
    package init(_ scope: Scope, apart: Bool = false) {
        var question = Question(Self.sql, scope: scope, columns: Self.columns)
        question.shown = apart ? [0, 8, 2, 3, 4, 5, 7] : [0, 2, 3, 4, 5, 6, 7]
        self.question = question
        var total = Question(
            Self.totalSQL, scope: scope, arguments: ["apart": .integer(apart ? 1 : 0)],
            columns: [
                Column("direction", title: "in all"), Column("counted", kind: .number),
                Column("recorded", kind: .number), Column("missing", kind: .number),
                Column("ratio", title: "seen", kind: .ratio), Column("defect", title: " "),
                Column("namespace"), Column("unread", kind: .number),
            ])
        total.shown = apart ? [6, 0, 1, 2, 3, 4, 5] : [0, 1, 2, 3, 4, 5]
        self.total = total
        missing = Question(
            Self.missingSQL, scope: scope,
            columns: [Column("from_us"), Column("until_us"), Column("missing", kind: .number)])
    }

    private static let columns = [
        Column("from", kind: .moment), Column("until", kind: .moment),
        Column("active_kernel", title: "client", kind: .number),
        Column("active_ratio", title: "seen", kind: .ratio),
        Column("passive_kernel", title: "server", kind: .number),
        Column("passive_ratio", title: "seen", kind: .ratio),
        Column("ratio", title: "in all", kind: .ratio), Column("defect", title: " "),
        Column("namespace"), Column("kernel_opens", title: "counted", kind: .number),
        Column("recorded_opens", title: "recorded", kind: .number),
        Column("active_recorded", title: "as client", kind: .number),
        Column("passive_recorded", title: "as server", kind: .number),
        Column("unattributed", title: "role unknown", kind: .number), Column("netns"),
    ]
}
