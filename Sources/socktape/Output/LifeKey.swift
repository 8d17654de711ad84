import Model
import Queries
import Store

/// By what a connection's packed row tells its group.
enum LifeKey: Sendable {
    /// By what its side tells: a place for each, and the name of each place.
    case side(places: [Int], names: [String])
    case peer
    case port
    case peerPort
    case closer

    /// `sides` are rows of `SideGroupsQuery`, for groups that a side tells.
    init(_ grouping: Grouping?, sides: [[Cell]]) {
        switch grouping {
        case nil, .process, .role: self = Self.ofSides(sides)
        case .peer: self = .peer
        case .port: self = .port
        case .peerPort: self = .peerPort
        case .closer: self = .closer
        }
    }

    private static func ofSides(_ sides: [[Cell]]) -> LifeKey {
        var places: [Int] = []
        var names: [String] = []
        var known: [String: Int] = [:]
        for row in sides {
            guard let side = row[0].integer.flatMap(SideNumbers.place) else { continue }
            let name = row[1].text ?? "unknown"
            let place = known[name] ?? names.count
            if place == names.count {
                known[name] = place
                names.append(name)
            }
            while places.count <= side { places.append(0) }
            places[side] = place
        }
        return .side(places: places, names: names)
    }

    /// The number of a connection's group.
    func number(_ connection: ScannedConnection) -> Int64 {
        switch self {
        case .side(let places, _):
            let side = Int(connection.side)
            return places.indices.contains(side) ? Int64(places[side]) : -1
        case .peer: return connection.peerAddress
        case .port: return connection.localPort
        case .peerPort: return connection.peerPort
        case .closer: return connection.closedBy.rawValue
        }
    }

    /// What the group of this number is called; `peers` are names by the number of an address.
    func name(_ number: Int64, peers: [Int64: String]) -> String {
        switch self {
        case .side(_, let names):
            return names.indices.contains(Int(number)) ? names[Int(number)] : "unknown"
        case .peer: return peers[number] ?? "unknown"
        case .port, .peerPort: return number == 0 ? "unknown" : String(number)
        case .closer:
            switch Closer(rawValue: number) {
            case .local: return "local"
            case .peer: return "peer"
            case .both: return "both"
            case .unknown, nil: return "unknown"
            }
        }
    }
}
