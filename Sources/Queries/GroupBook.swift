import Model
import Store

/// Of which group a connection is, as a number, and what the numbers are called.
struct GroupBook: Sendable {
    private static let unknownPeersSQL =
        "SELECT address_id FROM address WHERE address IN ('0.0.0.0', '::')"

    private let grouping: Grouping?
    /// Names that connections' sides have, and which side has which.
    private var labels: [String] = []
    private var places: [Int64] = []
    /// Rows of `address` that stand for what was not known.
    private var unknownPeers: Set<Int64> = []

    /// nil gathers all connections into one group.
    init(_ session: Session, _ scope: Scope, by grouping: Grouping?) throws {
        self.grouping = grouping
        switch grouping {
        case .peer:
            let question = Question(Self.unknownPeersSQL, columns: [Column("address_id")])
            for row in try session.all(question) {
                if case .integer(let id)? = row.first { unknownPeers.insert(id) }
            }
        case .closer: labels = ["unknown", "local", "peer", "both"]
        case .port, .peerPort: break
        case nil, .process, .role:
            guard let groups = SideGroupsQuery(scope, by: grouping) else { return }
            try readSides(session.all(groups.question))
        }
    }

    private mutating func readSides(_ rows: [[Cell]]) {
        var known: [String: Int64] = [:]
        for row in rows {
            guard case .integer(let number) = row[0], let side = SideNumbers.place(number),
                case .text(let name) = row[1]
            else { continue }
            let place = known[name] ?? Int64(labels.count)
            if known.updateValue(place, forKey: name) == nil { labels.append(name) }
            while places.count <= side { places.append(0) }
            places[side] = place
        }
    }

    /// The number of a connection's group.
    func key(_ connection: ScannedConnection) -> Int64 {
        switch grouping {
        case .peer:
            unknownPeers.contains(connection.peerAddress) ? 0 : connection.peerAddress
        case .port: connection.localPort
        case .peerPort: connection.peerPort
        case .closer: connection.closedBy.rawValue
        case nil, .process, .role:
            places.indices.contains(Int(truncatingIfNeeded: connection.side))
                ? places[Int(truncatingIfNeeded: connection.side)] : 0
        }
    }

    /// The name of a group; nothing where SQL finds it by the number.
    func label(_ key: Int64) -> Cell {
        labels.indices.contains(Int(truncatingIfNeeded: key))
            ? .text(labels[Int(truncatingIfNeeded: key)]) : .null
    }

    /// A group's name, of the columns `label` and `key`.
    static func nameSQL(_ grouping: Grouping?) -> String {
        switch grouping {
        case .peer:
            """
            coalesce((SELECT nullif(nullif(a.address, '0.0.0.0'), '::') FROM address AS a
              WHERE a.address_id = key), 'unknown')
            """
        case .port, .peerPort: "coalesce(CAST(nullif(key, 0) AS TEXT), 'unknown')"
        case nil, .process, .role, .closer: "coalesce(label, 'unknown')"
        }
    }
}
