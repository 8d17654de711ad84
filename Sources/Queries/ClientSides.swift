import Model

/// The rows of `side` from which connections were opened, and which of them have the same address.
struct ClientSides: Sendable {
    /// One address of one namespace.
    struct Place: Sendable {
        /// 0 where the kernel has no cookies.
        var netns: Int64
        /// nil where it is not known.
        var address: String?
    }

    private static let sql = """
        SELECT d.side_id, d.netns, nullif(nullif(b.address, '0.0.0.0'), '::')
        FROM side AS d JOIN address AS b ON b.address_id = d.local_address_id
        WHERE d.role = 1
        """

    private(set) var places: [Place] = []
    /// By `side_id`; -1 for those of another role.
    private var indices: [Int32] = []

    init(_ session: Session) throws {
        let columns = (0..<3).map { Column("column_\($0)") }
        var known: [String: Int32] = [:]
        for row in try session.all(Question(Self.sql, columns: columns)) {
            guard case .integer(let number) = row[0], let side = SideNumbers.place(number),
                case .integer(let netns) = row[1]
            else { continue }
            let address: String? = if case .text(let text) = row[2] { text } else { nil }
            let name = "\(netns) \(address ?? "")"
            let index = known[name] ?? Int32(places.count)
            if known.updateValue(index, forKey: name) == nil {
                places.append(Place(netns: netns, address: address))
            }
            while indices.count <= side { indices.append(-1) }
            indices[side] = index
        }
    }

    /// The place of a side; nil for one of another role.
    func index(_ side: Int64) -> Int32? {
        let place = Int(truncatingIfNeeded: side)
        guard indices.indices.contains(place), indices[place] >= 0 else { return nil }
        return indices[place]
    }
}
