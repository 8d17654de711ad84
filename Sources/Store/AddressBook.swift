import GRDB
import Model

/// Addresses as numbers: a text is stored once, however many connections it has.
final class AddressBook {
    private static let insertSQL = """
        INSERT INTO address (family, address) VALUES (?, ?) ON CONFLICT (address) DO NOTHING
        """
    private static let selectSQL = "SELECT address_id FROM address WHERE address = ?"
    /// About 15 MB; a scan from many sources must not fill the memory.
    private static let capacity = 200_000

    private let insert: BoundStatement
    private let select: BoundStatement
    private var known: [IPAddress: Int64] = [:]
    /// Numbers given since they are watched; nil while they are not.
    private(set) var watched: Set<Int64>?

    init(_ database: Database) throws {
        insert = try BoundStatement(database, Self.insertSQL)
        select = try BoundStatement(database, Self.selectSQL)
    }

    /// The address's number, given one now if it has none.
    func number(of address: IPAddress) throws -> Int64 {
        if let number = known[address] { return number }
        let found = try write(address)
        if known.count >= Self.capacity { known.removeAll(keepingCapacity: true) }
        known[address] = found
        watched?.insert(found)
        return found
    }

    /// Most addresses that are not known are new to the file too: looking first would be one step more.
    private func write(_ address: IPAddress) throws -> Int64 {
        let text = address.description
        insert.bind(address.family == .ipv4 ? 4 : 6)
        insert.bind(text)
        if let number = try insert.inserted() { return number }
        select.bind(text)
        guard let found = try select.number() else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "address not kept: \(text)")
        }
        return found
    }

    /// Forgets all, and keeps in mind from now on which numbers it gives.
    func watch() {
        forget()
        watched = []
    }

    /// Keeps them in mind no longer.
    func stopWatching() { watched = nil }

    /// Forgets what a transaction that was rolled back may have numbered.
    func forget() { known.removeAll(keepingCapacity: true) }
}
