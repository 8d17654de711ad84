import GRDB

/// Finds rows of `side`, `process` and `address` that nothing names any more, and takes them out. No
/// index tells who names one, so all connections are walked, a part at a time; what is written
/// meanwhile is told by the books, which forgot all they knew when the walk began.
struct InternedRows {
    private enum Stage {
        case connections(after: Int64)
        case sides(after: Int64)
        case others
        case processes(after: Int64)
        case addresses(after: Int64)
    }

    /// Rows that one step looks at.
    static let portion: Int64 = 5000

    private static let liveSQL = "SELECT side_id, peer_address_id FROM live_connection"
    private static let endedSQL = """
        SELECT connection_id, side_id, peer_address_id FROM ended_connection
        WHERE connection_id > ?1 ORDER BY connection_id LIMIT ?2
        """
    private static let sidesSQL = """
        SELECT side_id, process_id, local_address_id FROM side
        WHERE side_id > ?1 AND side_id <= ?2 ORDER BY side_id LIMIT ?3
        """
    /// NULL names nothing.
    private static let othersSQL = """
        SELECT process_id, local_address_id FROM side WHERE side_id > ?1
        UNION ALL SELECT process_id, NULL FROM further_owner
        UNION ALL SELECT process_id, NULL FROM descriptor_span
        UNION ALL SELECT process_id, local_address_id FROM listener
        UNION ALL SELECT process_id, local_address_id FROM datagram_socket
        UNION ALL SELECT NULL, peer_address_id FROM datagram_socket
        """
    private static let processesSQL = """
        SELECT process_id, \(Horizon.isOver("last_seen_us")) FROM process
        WHERE process_id > ?1 AND process_id <= ?2 AND ?3 = ?3 ORDER BY process_id LIMIT ?6
        """
    private static let addressesSQL = """
        SELECT address_id FROM address WHERE address_id > ?1 AND address_id <= ?2
        ORDER BY address_id LIMIT ?3
        """

    private var stage = Stage.connections(after: 0)
    private let lastSide: Int64
    private let lastProcess: Int64
    private let lastAddress: Int64
    private var sides = NumberSet()
    private var processes = NumberSet()
    private var addresses = NumberSet()

    /// Begins a walk. The books must forget all they know in the same transaction.
    init(_ database: Database) throws {
        func highest(_ column: String, _ table: String) throws -> Int64 {
            try Int64.fetchOne(database, sql: "SELECT max(\(column)) FROM \(table)") ?? 0
        }
        lastSide = try highest("side_id", "side")
        lastProcess = try highest("process_id", "process")
        lastAddress = try highest("address_id", "address")
        try NumberScan(database, Self.liveSQL).rows { row in
            if let side = row[0] { sides.insert(side) }
            if let address = row[1] { addresses.insert(address) }
        }
    }

    /// Goes on for a part; rows taken out, nil when all is done. References must not be enforced
    /// meanwhile: SQLite would look through every table for each row.
    mutating func step(
        _ database: Database, before horizon: Horizon, inUse: Set<Int64>
    ) throws -> Int64? {
        switch stage {
        case .connections(let after): return try markConnections(database, after)
        case .sides(let after): return try takeSides(database, after)
        case .others:
            try NumberScan(database, Self.othersSQL, [lastSide]).rows { mark($0[0], $0[1]) }
            stage = .processes(after: 0)
            return 0
        case .processes(let after):
            var gone: [Int64] = []
            var last: Int64?
            let numbers = [
                after, lastProcess, horizon.sample, horizon.recording, horizon.moment,
                Self.portion,
            ]
            try NumberScan(database, Self.processesSQL, numbers).rows { row in
                last = row[0]
                if let id = row[0], row[1] == 1, !processes.contains(id) { gone.append(id) }
            }
            stage = last.map { .processes(after: $0) } ?? .addresses(after: 0)
            return try remove(gone, "process", "process_id", database)
        case .addresses(let after):
            var gone: [Int64] = []
            var last: Int64?
            let numbers = [after, lastAddress, Self.portion]
            try NumberScan(database, Self.addressesSQL, numbers).rows { row in
                last = row[0]
                guard let id = row[0], !addresses.contains(id), !inUse.contains(id) else { return }
                gone.append(id)
            }
            guard let last else { return nil }
            stage = .addresses(after: last)
            return try remove(gone, "address", "address_id", database)
        }
    }

    private mutating func markConnections(_ database: Database, _ after: Int64) throws -> Int64 {
        var last: Int64?
        try NumberScan(database, Self.endedSQL, [after, Self.portion * 2]).rows { row in
            last = row[0]
            if let side = row[1] { sides.insert(side) }
            if let address = row[2] { addresses.insert(address) }
        }
        stage = last.map { .connections(after: $0) } ?? .sides(after: 0)
        return 0
    }

    private mutating func takeSides(_ database: Database, _ after: Int64) throws -> Int64 {
        var gone: [Int64] = []
        var last: Int64?
        try NumberScan(database, Self.sidesSQL, [after, lastSide, Self.portion]).rows { row in
            guard let id = row[0] else { return }
            last = id
            if sides.contains(id) { mark(row[1], row[2]) } else { gone.append(id) }
        }
        stage = last.map { .sides(after: $0) } ?? .others
        return try remove(gone, "side", "side_id", database)
    }

    private mutating func mark(_ process: Int64?, _ address: Int64?) {
        if let process { processes.insert(process) }
        if let address { addresses.insert(address) }
    }

    private func remove(
        _ gone: [Int64], _ table: String, _ key: String, _ database: Database
    ) throws -> Int64 {
        let delete = try BoundStatement(database, "DELETE FROM \(table) WHERE \(key) = ?")
        for id in gone {
            delete.bind(id)
            try delete.run()
        }
        return Int64(gone.count)
    }
}
