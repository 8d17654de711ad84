import Model

/// What the rows of `side` tell of their connections, by `side_id`.
struct SideTable: Sendable {
    /// One end at this host.
    struct Side: Sendable {
        var role: Role = .unknown
        /// 0 where no process is known.
        var process: Int64 = 0
        /// Equal for all sides whose processes have the same name.
        var name: Int64 = 0
        /// The port that stays: a server's own, a client's peer's.
        var port: Int64 = 0
        /// Equal for all sides of one process, role, namespace and port.
        var service: Int64 = 0
    }

    private static let sql = """
        SELECT d.side_id, d.role, coalesce(d.process_id, 0),
          dense_rank() OVER (ORDER BY p.comm), d.port,
          dense_rank() OVER (ORDER BY d.recording_id, d.netns, d.role, d.process_id, d.port)
        FROM side AS d LEFT JOIN process AS p ON p.process_id = d.process_id
        """

    private var sides: [Side] = []

    init(_ session: Session) throws {
        let columns = (0..<6).map { Column("column_\($0)") }
        let rows = try session.rows(Question(Self.sql, columns: columns))
        while let row = try rows.next() {
            let numbers = row.map { cell -> Int64 in
                if case .integer(let number) = cell { number } else { 0 }
            }
            guard let place = SideNumbers.place(numbers[0]) else { continue }
            while sides.count <= place { sides.append(Side()) }
            let role: Role = numbers[1] == 1 ? .client : numbers[1] == 2 ? .server : .unknown
            sides[place] = Side(
                role: role, process: numbers[2], name: numbers[3], port: numbers[4],
                service: numbers[5])
        }
    }

    /// The side of this id.
    subscript(_ side: Int64) -> Side {
        let place = Int(truncatingIfNeeded: side)
        return sides.indices.contains(place) ? sides[place] : Side()
    }
}
