import GRDB

/// In which hour of the wall clock a moment of a recording lies, counted from 1970.
struct WallHours {
    static let length: Int64 = 3_600_000_000
    private static let sql = """
        SELECT at_us, total_us FROM clock_step WHERE recording_id = ? ORDER BY at_us
        """

    private let database: Database
    private var steps: [Int64: [(at: Int64, total: Int64)]] = [:]

    init(_ database: Database) { self.database = database }

    /// The hour of a moment, µs on the recording's axis.
    mutating func hour(of moment: Int64, in recording: Int64) throws -> Int64 {
        let total = try known(recording).last { $0.at <= moment }?.total ?? 0
        return (moment + total) / Self.length
    }

    private mutating func known(_ recording: Int64) throws -> [(at: Int64, total: Int64)] {
        if let known = steps[recording] { return known }
        let rows = try Row.fetchAll(database, sql: Self.sql, arguments: [recording])
        let read = rows.map { (at: $0["at_us"] as Int64, total: $0["total_us"] as Int64) }
        steps[recording] = read
        return read
    }
}
