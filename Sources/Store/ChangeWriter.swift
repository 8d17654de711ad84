import GRDB
import Model

/// Writes changes of any kind; its statements stay prepared from sample to sample.
final class ChangeWriter {
    private let addresses: AddressBook
    private let sides: SideBook
    private let connections: ConnectionWriter
    private let inventory: InventoryWriter
    private let history: HistoryWriter
    private let samples: SampleWriter

    init(_ database: Database) throws {
        addresses = try AddressBook(database)
        sides = try SideBook(database, addresses: addresses)
        connections = try ConnectionWriter(database, addresses: addresses, sides: sides)
        inventory = try InventoryWriter(database, addresses: addresses)
        history = try HistoryWriter(database)
        samples = try SampleWriter(database)
    }

    /// Forgets what a transaction that was rolled back left in memory.
    func forget() {
        addresses.forget()
        sides.forget()
        connections.forget()
    }

    /// Addresses named since they are watched; those before are in the file.
    var addressesInUse: Set<Int64> { addresses.watched ?? [] }

    /// Forgets addresses and sides, and keeps in mind which addresses are named from now on.
    func watchAddresses() {
        addresses.watch()
        sides.forget()
    }

    /// Keeps them in mind no longer.
    func stopWatching() { addresses.stopWatching() }

    /// Writes a sample's own rows.
    func write(_ sample: SampleRecord, recording: Int64) throws {
        try samples.write(sample, recording: recording)
    }

    /// Writes one change.
    func write(_ change: Change, recording: Int64) throws {
        switch change {
        case .alive(let record): try connections.writeAlive(record, recording: recording)
        case .ended(let record): try connections.writeEnded(record, recording: recording)
        case .owner(let record): try history.write(record)
        case .missed(let sample, let connection):
            try history.write(missed: connection, sample: sample)
        case .listener(let record): try inventory.write(record, recording: recording)
        case .datagram(let record): try inventory.write(record, recording: recording)
        case .process(let record): try inventory.write(record, recording: recording)
        case .descriptors(let record): try inventory.write(record, recording: recording)
        case .limit(let record): try inventory.write(record, recording: recording)
        case .namespace(let record): try inventory.write(record, recording: recording)
        case .source(let record): try history.write(record, recording: recording)
        case .clockStep(let record): try history.write(record, recording: recording)
        case .gap(let record): try history.write(record, recording: recording)
        }
    }
}
