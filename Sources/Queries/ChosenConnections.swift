import GRDB
import Model

/// The connections that pass a filter, a bit each: a tally over all of them asks for every one.
struct ChosenConnections: Sendable {
    private static let sql = "SELECT connection_id FROM connections WHERE "

    private var words: [UInt64] = []

    /// nil where all pass.
    init?(_ session: Session, _ filter: Clause) throws {
        guard filter != .all else { return nil }
        words = try session.translating {
            let ids = try Int64.fetchCursor(
                session.database, sql: Self.sql + filter.sql,
                arguments: StatementArguments(filter.arguments.mapValues(\.databaseValue)))
            var words: [UInt64] = []
            while let id = try ids.next() {
                let word = Int(id >> 6)
                guard word >= 0 else { continue }
                if word >= words.count {
                    words += Array(
                        repeating: 0, count: max(word + 1, 2 * words.count) - words.count)
                }
                words[word] |= 1 << UInt64(id & 63)
            }
            return words
        }
    }

    /// Whether this one passes.
    func contains(_ id: Int64) -> Bool {
        let word = Int(id >> 6)
        return words.indices.contains(word) && words[word] >> UInt64(id & 63) & 1 == 1
    }
}

extension ChosenConnections? {
    /// Whether a connection passes; without a filter all do.
    func pass(_ id: Int64) -> Bool { self?.contains(id) ?? true }
}
