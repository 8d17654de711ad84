import Model
package import Store

/// What a recording was told to keep.
package struct RetentionQuery {
    private static let sql = """
        SELECT keep_us, keep_rollups_us, max_bytes FROM retention WHERE recording_id = :recording
        """

    package let question: Question

    package init(recording: Int64) {
        question = Question(
            Self.sql, arguments: ["recording": .integer(recording)],
            columns: [
                Column("keep_us", kind: .microseconds),
                Column("keep_rollups_us", kind: .microseconds), Column("max_bytes", kind: .bytes),
            ])
    }
}

extension Reader {
    /// What a policy would take out, and how many rows that are; `now` is the wall clock, µs.
    package func prunePlan(
        _ policy: RetentionPolicy, now: Int64
    ) throws -> (plan: PrunePlan, report: PruneReport) {
        try read { session in
            let plan = try PrunePlan(policy, session.database, path: session.path, now: now)
            return (plan, try plan.report(session.database))
        }
    }
}
