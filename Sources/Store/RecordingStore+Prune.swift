import GRDB

/// What pruning by hand took, or would take.
package struct PruneReport: Equatable, Sendable {
    /// Rows by what they are, in the order of `PrunePlan.parts`.
    package var rows: [Int64]
    /// From when to when, µs on the recordings' axis; nil: nothing.
    package var from: Int64?
    package var until: Int64?
}

extension RecordingStore {
    /// Keeps the file within a policy from the next recording on. `notice` is told, once each, what
    /// a person should know.
    package func retain(_ policy: RetentionPolicy, notice: @escaping (String) -> Void) {
        guard !policy.keepsAll else { return }
        keeper = RetentionKeeper(policy, path: path, notice: notice)
    }

    /// The longest step of pruning since the file was opened; nil where nothing is pruned.
    package var longestPruningStep: Duration? { keeper?.longestStep }

    /// Prunes by a plan, step by step, while nobody records. `progress` is told after each step how
    /// many rows and octets went in all, and ends it by throwing: what went by then stays gone, and
    /// the file is whole.
    package func prune(
        _ plan: PrunePlan, now: Int64, progress: (_ rows: Int64, _ bytes: Int64) throws -> Void
    ) throws {
        let retention = Retention(RetentionPolicy(), path: path)
        var gone: (rows: Int64, bytes: Int64) = (0, 0)
        retention.observer = { rows, bytes in
            gone.rows += rows
            gone.bytes += bytes
        }
        defer { leavePlain() }
        if let sample = plan.sample { retention.prune(before: sample) }
        try work(retention, now: now) { try progress(gone.rows, gone.bytes) }
        if let hour = plan.hour {
            retention.prune(hoursBefore: hour)
            try work(retention, now: now) { try progress(gone.rows, gone.bytes) }
        }
        try giveBack { try progress(gone.rows, gone.bytes) }
    }

    private func work(
        _ retention: Retention, now: Int64, _ body: () throws -> Void
    ) throws {
        while try StoreError.translating(
            "prune", path,
            { try database.writeWithoutTransaction { try retention.step($0, now: now) } })
        {
            try body()
        }
    }

    /// Returns all free pages to the file system.
    private func giveBack(_ body: () throws -> Void) throws {
        var free = Int64.max
        while true {
            let left = try StoreError.translating("prune", path) {
                try database.writeWithoutTransaction { database in
                    let rows = try Row.fetchCursor(
                        database, sql: "PRAGMA incremental_vacuum(1024)")
                    while try rows.next() != nil {}
                    return try Int64.fetchOne(database, sql: "PRAGMA freelist_count") ?? 0
                }
            }
            guard left > 0, left < free else { return }
            free = left
            try body()
        }
    }

    private func leavePlain() {
        database.writeWithoutTransaction { database in
            _ = try? database.checkpoint(.truncate)
            try? database.execute(sql: "PRAGMA journal_mode = DELETE")
        }
    }
}
