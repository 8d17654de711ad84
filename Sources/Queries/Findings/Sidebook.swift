import Model

/// What the rows of `side` tell of their connections: to which service and which destination each
/// belongs.
package struct Sidebook: Sendable {
    private static let sql = """
        SELECT d.side_id, d.netns, d.role, d.port, d.local_address_id, p.comm, d.recording_id
        FROM side AS d LEFT JOIN process AS p ON p.process_id = d.process_id
        """

    /// One row of `side`; groups are numbers from 0, -1 where it belongs to none.
    struct Entry: Sendable {
        var role = Role.unknown
        /// Of one process, role and port of a namespace.
        var service = -1
        /// Of the same port and namespace, whoever calls: a client's alone.
        var target = -1
        /// Of the same port, namespace and local address of one recording: a client's alone.
        var source = -1
        var netns: Int64 = 0
    }

    private struct Key: Hashable {
        var netns: Int64
        var role: Int64
        var port: Int64
        var address: Int64 = 0
        var recording: Int64 = 0
        var name: String?
    }

    let entries: [Entry]
    /// How many services there are.
    let services: Int
    /// A side of each group.
    let sideOfService: [Int64]
    let sideOfTarget: [Int64]
    let sideOfSource: [Int64]

    init(_ session: Session) throws {
        let columns = (0..<7).map { Column("column_\($0)") }
        let rows = try session.rows(Question(Self.sql, columns: columns))
        var entries: [Entry] = []
        var services = Numbers()
        var targets = Numbers()
        var sources = Numbers()
        while let row = try rows.next() {
            let numbers = row.map { cell -> Int64 in
                if case .integer(let number) = cell { number } else { 0 }
            }
            let side = numbers[0]
            guard let place = SideNumbers.place(side) else { continue }
            let name: String? = if case .text(let name) = row[5] { name } else { nil }
            var key = Key(netns: numbers[1], role: numbers[2], port: numbers[3], name: name)
            var entry = Entry(role: Role(rawValue: numbers[2]) ?? .unknown, netns: numbers[1])
            if entry.role != .unknown { entry.service = services.number(of: key, side) }
            if entry.role == .client {
                key.name = nil
                entry.target = targets.number(of: key, side)
                key.address = numbers[4]
                key.recording = numbers[6]
                entry.source = sources.number(of: key, side)
            }
            while entries.count <= place { entries.append(Entry()) }
            entries[place] = entry
        }
        self.entries = entries
        self.services = services.sides.count
        sideOfService = services.sides
        sideOfTarget = targets.sides
        sideOfSource = sources.sides
    }

    /// Gives each key a number, in their order.
    private struct Numbers {
        private var known: [Key: Int] = [:]
        private(set) var sides: [Int64] = []

        mutating func number(of key: Key, _ side: Int64) -> Int {
            if let number = known[key] { return number }
            known[key] = sides.count
            sides.append(side)
            return sides.count - 1
        }
    }

    /// What a side tells; of nothing where it is not known.
    func entry(_ side: Int64) -> Entry {
        let index = Int(truncatingIfNeeded: side)
        return entries.indices.contains(index) ? entries[index] : Entry()
    }
}
