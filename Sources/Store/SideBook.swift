import GRDB
import Model

/// This host's end of connections as numbers: what repeats from one to the next is stored once.
final class SideBook {
    /// What one row of `side` says.
    private struct Key: Hashable {
        var recording: Int64
        var netns: UInt64
        var interface: UInt32
        var local: IPAddress
        var port: UInt16
        var isLocal: Bool
        var role: Role
        var process: Int64?
        var uid: UInt32?

        /// Of what tells one side from the next, in one number: all of it is this host's own choice,
        /// and the rest follows from it nearly always.
        func hash(into hasher: inout Hasher) {
            let place = netns ^ local.high ^ local.low << 16 ^ UInt64(port)
            hasher.combine(place ^ UInt64(bitPattern: process ?? -1) << 40)
        }
    }

    /// A connection's row of `side`, and the port that is not in it.
    struct Place {
        var side: Int64
        var port: UInt16
    }

    private static let insertSQL = """
        INSERT INTO side (
          side_id, recording_id, origin_us, netns, interface, local_address_id, port, is_local,
          role, process_id, uid)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    private static let nextSQL = "SELECT coalesce(max(side_id), 0) + 1 FROM side"
    private static let originSQL = "SELECT started_us FROM recording WHERE recording_id = ?"
    /// About 20 MB. A row that is forgotten is written a second time, which costs its octets.
    private static let capacity = 200_000

    private let insert: BoundStatement
    private let next: BoundStatement
    private let started: BoundStatement
    private let addresses: AddressBook
    private var known: [Key: Int64] = [:]
    private var nextID: Int64?
    private var lastOrigin: (recording: Int64, moment: Int64)?

    init(_ database: Database, addresses: AddressBook) throws {
        insert = try BoundStatement(database, Self.insertSQL)
        next = try BoundStatement(database, Self.nextSQL)
        started = try BoundStatement(database, Self.originSQL)
        self.addresses = addresses
    }

    /// The origin of a recording's moments.
    func origin(of recording: Int64) throws -> Int64 {
        if let lastOrigin, lastOrigin.recording == recording { return lastOrigin.moment }
        started.bind(recording)
        let origin = try started.number() ?? 0
        lastOrigin = (recording, origin)
        return origin
    }

    /// Where a connection's own end is told, given a row now if it has none.
    func place(of record: ConnectionRecord, recording: Int64) throws -> Place {
        let tuple = record.tuple
        let isLocal =
            switch record.role {
            case .server: true
            case .client: false
            case .unknown: tuple.local.port < tuple.peer.port
            }
        let key = Key(
            recording: recording, netns: record.netns, interface: tuple.interface,
            local: tuple.local.address, port: isLocal ? tuple.local.port : tuple.peer.port,
            isLocal: isLocal, role: record.role, process: record.process, uid: record.uid)
        let port = isLocal ? tuple.peer.port : tuple.local.port
        if let side = known[key] { return Place(side: side, port: port) }
        return Place(side: try write(key), port: port)
    }

    private func write(_ key: Key) throws -> Int64 {
        let side = try nextID ?? next.number() ?? 1
        insert.bind(side)
        insert.bind(key.recording)
        insert.bind(try origin(of: key.recording))
        insert.bind(key.netns)
        insert.bind(key.interface)
        insert.bind(try addresses.number(of: key.local))
        insert.bind(key.port)
        insert.bind(key.isLocal ? 1 : 0)
        insert.bind(key.role.rawValue)
        insert.bind(key.process)
        insert.bind(key.uid)
        try insert.run()
        nextID = side + 1
        if known.count >= Self.capacity { known.removeAll(keepingCapacity: true) }
        known[key] = side
        return side
    }

    /// Forgets what a transaction that was rolled back may have numbered.
    func forget() {
        known.removeAll(keepingCapacity: true)
        nextID = nil
    }
}
