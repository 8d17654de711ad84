import GRDB

/// Keeps a file within its policy while it is recorded: prunes after each write within a share of
/// the time, and before a write where there is no room for it.
final class RetentionKeeper {
    /// Pruning takes at most one part in so many of the time, but for what the size demands.
    private static let share: Int64 = 10
    private static let clock = ContinuousClock()
    private static let nowSQL = """
        SELECT s.sampled_us + coalesce(
          (SELECT total_us FROM clock_step AS k
           WHERE k.recording_id = s.recording_id AND k.at_us <= s.sampled_us
           ORDER BY k.at_us DESC LIMIT 1), 0)
        FROM sample AS s ORDER BY s.sample_id DESC LIMIT 1
        """

    private let policy: RetentionPolicy
    private let path: String
    private let retention: Retention
    private let notice: (String) -> Void
    private var budget = Duration.milliseconds(100)
    private var patience = Duration.seconds(1)
    private var recording: Int64 = 0
    /// The longest that one step took.
    private(set) var longestStep = Duration.zero
    private var wasBelow = false
    /// Said once.
    private var said: Set<String> = []

    init(_ policy: RetentionPolicy, path: String, notice: @escaping (String) -> Void) {
        self.policy = policy
        self.path = path
        self.notice = notice
        retention = Retention(policy, path: path)
    }

    /// The most changes of one transaction: what it adds to file and log stays within a few parts
    /// in a hundred of the size.
    var transactionCapacity: Int {
        let usual = RecordingStore.transactionCapacity
        return policy.maxBytes.map { max(100, min(usual, Int($0 / 13_000))) } ?? usual
    }

    /// Writes the policy down, and keeps the log small where the file must be.
    func begin(
        _ recording: Int64, interval: Int64, _ writer: ChangeWriter?, _ database: DatabaseQueue
    ) throws {
        self.recording = recording
        budget = .microseconds(interval / Self.share)
        patience = .microseconds(interval)
        retention.follow(writer)
        try database.writeWithoutTransaction { database in
            try database.execute(
                sql: "INSERT INTO retention_policy VALUES (?, ?, ?, ?)",
                arguments: [
                    recording, policy.keepMicroseconds, policy.keepRollupsMicroseconds,
                    policy.maxBytes,
                ])
            guard let most = policy.maxBytes else { return }
            let pages = max(16, min(1000, most / 32 / 4096))
            try database.execute(
                sql: """
                    PRAGMA wal_autocheckpoint = \(pages);
                    PRAGMA journal_size_limit = \(pages * 4096);
                    """)
        }
    }

    /// Throws where the size would be exceeded and nothing helps.
    func makeRoom(_ database: DatabaseQueue) throws {
        guard let most = policy.maxBytes else { return }
        guard try isAbove(most, database) else {
            wasBelow = true
            return
        }
        // A file that was larger from the start becomes smaller while it is recorded.
        guard wasBelow || retention.isExhausted else { return }
        prune(database, for: patience)
        guard try isAbove(most, database) else { return }
        truncateLog(database)
        guard try isAbove(most / 100 * 102, database) else { return }
        let why =
            retention.isExhausted
            ? "all that may go is gone, and what is left needs more"
            : "a reader holds the log, or pruning is behind"
        throw StoreError(
            .limited, "write", path, "it may take \(most) octets, and does; \(why)",
            try: "a larger --max-size")
    }

    /// Prunes for a while, after a write. What fails is tried again after the next.
    func prune(_ database: DatabaseQueue) {
        prune(database, for: budget)
        guard retention.isExhausted, let most = policy.maxBytes else { return }
        say(
            "cannot keep \(path) under \(most) octets by pruning: what is left is needed; "
                + "try a larger --max-size", in: database)
    }

    private func prune(_ database: DatabaseQueue, for budget: Duration) {
        let end = Self.clock.now + budget
        do {
            try database.writeWithoutTransaction { database in
                let now = try Int64.fetchOne(database, sql: Self.nowSQL) ?? 0
                var isBusy = true
                while isBusy, Self.clock.now < end {
                    let step = try Self.clock.measure {
                        isBusy = try retention.step(database, now: now)
                    }
                    longestStep = max(longestStep, step)
                }
            }
        } catch {
            say("cannot prune \(path): \(error)", in: database)
        }
    }

    private func isAbove(_ most: Int64, _ database: DatabaseQueue) throws -> Bool {
        try StoreError.translating("write", path) {
            try database.read { try FileSize($0, path: path).wholeBytes > most }
        }
    }

    /// Without waiting for readers.
    private func truncateLog(_ database: DatabaseQueue) {
        database.writeWithoutTransaction { database in
            try? database.execute(sql: "PRAGMA busy_timeout = 0")
            _ = try? database.checkpoint(.truncate)
            try? database.execute(sql: "PRAGMA busy_timeout = 5000")
        }
    }

    /// Says something once, to who watches and in the recording. The recorder numbers its own rows
    /// from 1 on.
    private func say(_ text: String, in database: DatabaseQueue) {
        guard said.insert(text).inserted else { return }
        notice(text)
        try? database.write { database in
            try database.execute(
                sql: """
                    INSERT INTO source_span (source_span_id, recording_id, source, from_us, reason)
                    SELECT min(0, coalesce((SELECT min(source_span_id) FROM source_span), 0)) - 1,
                      ?1, 'retention', coalesce((SELECT max(sampled_us) FROM sample
                        WHERE sample_id = (SELECT max(sample_id) FROM sample)), 0), ?2
                    """, arguments: [recording, text])
        }
    }
}
