import Foundation
import GRDB
import GRDBSQLite
import Model
import Store

/// Writes connections through the product's store, and then the very rows that came of it through
/// SQLite's C interface alone, in turn: `WritePath [--connections N] [--batch N] [--rounds N]`. What a
/// batch is made of is made right before it, as a recorder does, and that time is not counted.
@main
enum WritePath {
    static func main() throws {
        var options: [String: String] = [:]
        var words = CommandLine.arguments.dropFirst()
        while let name = words.popFirst(), let value = words.popFirst() { options[name] = value }
        let count = Int64(options["--connections"] ?? "200000") ?? 200_000
        let batch = Int64(options["--batch"] ?? "2000") ?? 2_000
        let rounds = Int(options["--rounds"] ?? "5") ?? 5
        let folder = FileManager.default.temporaryDirectory.path + "/socktape-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var ratios: [Double] = []
        for round in 1...rounds {
            let own = try product(folder + "/own-\(round)", count, batch)
            let raw = try bare(folder + "/raw-\(round)", folder + "/own-\(round)", Int(batch))
            ratios.append(raw / own)
            print(
                "store \(Int(own * 1e9 / Double(count))) ns, C \(Int(raw * 1e9 / Double(count))) ns"
            )
        }
        print("share of the speed of C: \(ratios.sorted()[rounds / 2])")
    }

    /// SQLITE_TRANSIENT, a cast that Swift does not import.
    private static var copied: sqlite3_destructor_type {
        unsafeBitCast(-1, to: sqlite3_destructor_type.self)
    }

    private static func record(_ id: Int64) -> ConnectionRecord {
        let opened = 1_767_225_600_000_000 + 20_000_000_000 + id * 3_000
        let tuple = FourTuple(
            local: Endpoint(IPAddress(ipv4: 0x0a00_0001), 443),
            peer: Endpoint(
                IPAddress(ipv4: 0xc000_0200 + UInt32(id * 7_919 % 20_000)),
                UInt16(32_768 + id % 28_000)))
        var record = ConnectionRecord(
            id: id, netns: 1, tuple: tuple, cookie: UInt64(id * 2 + 4_096), state: .timeWait)
        record.role = .server
        record.process = nil
        record.uid = 33
        record.attempted = Bounds(earliest: opened - 9_500, latest: opened - 8_500)
        record.opened = Bounds(exactly: opened)
        record.closed = Bounds(exactly: opened + 350_000 + id % 1_000)
        record.closedBy = .local
        record.closeKind = .fin
        record.bytesSent = 900 + UInt64(id % 3_000)
        record.bytesReceived = 300
        record.retransmits = 0
        record.rttMicroseconds = 9_000
        record.firstSample = id / 350 + 1
        record.lastSample = id / 350 + 61
        record.closing = ClosingSteps(began: opened + 330_000, half: opened + 340_000)
        var wait = TimeWaitRecord(entered: record.closed, firstSample: id / 350 + 1)
        wait.left = Bounds(exactly: opened + 61_000_000 + id % 9_000)
        wait.endedBy = .expired
        record.timeWait = wait
        return record
    }

    private static func seconds(_ body: () throws -> Void) rethrows -> Double {
        let duration = try ContinuousClock().measure(body)
        return Double(duration.components.seconds)
            + Double(duration.components.attoseconds) / 1e18
    }

    private static func product(
        _ path: String, _ count: Int64, _ batch: Int64
    ) throws -> Double {
        let store = try RecordingStore(path: path)
        _ = try store.begin(
            RecordingRecord(
                uuid: "one", host: "h", bootID: "b", kernel: "k", version: "v",
                intervalMicroseconds: 1_000_000, startedMicroseconds: 1_767_225_600_000_000))
        return try stride(from: 1, through: count, by: Int(batch)).reduce(0) { sum, first in
            let changes = (first...min(count, first + batch - 1)).map { Change.ended(record($0)) }
            return sum + (try seconds { try store.write(nil, changes: changes) })
        }
    }

    /// The rows as numbers; `Int64.min` stands for NULL, which none of them holds.
    private static func rows(_ path: String) throws -> [[Int64]] {
        try DatabaseQueue(path: path).read { database in
            try Row.fetchAll(
                database, sql: "SELECT * FROM ended_connection ORDER BY connection_id"
            ).map { row in row.databaseValues.map { Int64.fromDatabaseValue($0) ?? .min } }
        }
    }

    /// The same rows by the C interface alone, into the same schema with the same settings. The
    /// rows of `side` are there before; those of `address` are written among them.
    private static func bare(_ path: String, _ own: String, _ batch: Int) throws -> Double {
        let rows = try rows(own)
        let addresses = try DatabaseQueue(path: own).read { database in
            try String.fetchAll(database, sql: "SELECT address FROM address ORDER BY address_id")
        }
        let store = try RecordingStore(path: path)
        _ = try store.begin(
            RecordingRecord(
                uuid: "one", host: "h", bootID: "b", kernel: "k", version: "v",
                intervalMicroseconds: 1_000_000, startedMicroseconds: 1_767_225_600_000_000))
        return try store.database.writeWithoutTransaction { database in
            try database.execute(
                sql: """
                    INSERT INTO address (family, address) VALUES (4, '10.0.0.1');
                    INSERT INTO side VALUES (1, 1, 0, 1, 0, 1, 443, 1, 2, NULL, 33);
                    """)
            let insert = try database.makeStatement(
                sql: "INSERT OR IGNORE INTO address (address_id, family, address) VALUES (?, 4, ?)")
            let address = insert.sqliteStatement
            let marks = rows[0].map { _ in "?" }.joined(separator: ", ")
            let statement = try database.makeStatement(
                sql: "INSERT INTO ended_connection VALUES (\(marks))")
            let handle = statement.sqliteStatement
            var written: Int64 = 1
            return stride(from: 0, to: rows.count, by: batch).reduce(0) { sum, first in
                let part = rows[first..<min(rows.count, first + batch)].map { $0.map { $0 } }
                return sum + seconds {
                    sqlite3_exec(database.sqliteConnection, "BEGIN IMMEDIATE", nil, nil, nil)
                    for row in part {
                        while written < row[20] {
                            sqlite3_bind_int64(address, 1, written + 1)
                            sqlite3_bind_text(address, 2, addresses[Int(written)], -1, copied)
                            sqlite3_step(address)
                            sqlite3_reset(address)
                            written += 1
                        }
                        for (column, value) in row.enumerated() {
                            if value == .min {
                                sqlite3_bind_null(handle, CInt(column + 1))
                            } else {
                                sqlite3_bind_int64(handle, CInt(column + 1), value)
                            }
                        }
                        sqlite3_step(handle)
                        sqlite3_reset(handle)
                    }
                    sqlite3_exec(database.sqliteConnection, "COMMIT", nil, nil, nil)
                }
            }
        }
    }
}
