import Foundation
import GRDB
import Model
import Testing

@testable import Store

/// A folder that goes away with the test.
final class TemporaryFolder {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.path + "/socktape-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String = "recording.sqlite") -> String { path + "/" + name }

    /// The permissions of a file.
    func mode(_ name: String) throws -> Int {
        let facts = try FileManager.default.attributesOfItem(atPath: file(name))
        return try #require(facts[.posixPermissions] as? Int)
    }

    var names: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
    }
}

/// 2026-11-23 00:00:00 UTC, µs.
let midnight: Int64 = 1_795_392_000_000_000

extension RecordingRecord {
    static func example(
        uuid: String = "one", bootID: String = "boot-1", started: Int64 = midnight
    ) -> RecordingRecord {
        RecordingRecord(
            uuid: uuid, host: "host", bootID: bootID, kernel: "6.18", version: "1",
            intervalMicroseconds: 1_000_000, startedMicroseconds: started)
    }
}

extension SampleRecord {
    /// Sample `id` of a recording begun at midnight, `id` seconds later.
    static func example(_ id: Int64, next: Int64, counts: StateCounts? = nil) -> SampleRecord {
        var sample = SampleRecord(
            id: id, sampledMicroseconds: midnight + id * 1_000_000, nextConnection: next)
        var namespace = NamespaceSample(netns: 1)
        namespace.states = counts
        sample.namespaces = [namespace]
        return sample
    }
}

extension FourTuple {
    static func example(port: UInt16 = 40000) -> FourTuple {
        FourTuple(
            local: Endpoint(IPAddress(ipv4: 0x0a00_0001), port),
            peer: Endpoint(IPAddress(ipv4: 0x0a00_0002), 443))
    }
}

extension ConnectionRecord {
    /// Established, first seen by sample 1, opened exactly at 0.5 s.
    static func example(_ id: Int64, port: UInt16 = 40000) -> ConnectionRecord {
        var record = ConnectionRecord(
            id: id, netns: 1, tuple: .example(port: port), cookie: UInt64(100 + id),
            state: .established)
        record.opened = Bounds(exactly: midnight + 500_000)
        record.firstSample = 1
        return record
    }
}

/// A fresh file with the schema, for hand-made rows.
func emptyRecording(in folder: TemporaryFolder) throws -> DatabaseQueue {
    let database = try DatabaseQueue(path: folder.file())
    try RecordingMigrator().migrate(database)
    return database
}

extension DatabaseQueue {
    /// All rows as text: cells joined by `|`, NULL as nothing.
    func lines(_ sql: String) throws -> [String] {
        try read { database in
            try Row.fetchAll(database, sql: sql).map { row in
                row.databaseValues.map { value in
                    switch value.storage {
                    case .null: ""
                    case .int64(let number): String(number)
                    case .double(let number): String(number)
                    case .string(let text): text
                    case .blob: "blob"
                    }
                }.joined(separator: "|")
            }
        }
    }

    /// Runs statements.
    func run(_ sql: String) throws { try write { try $0.execute(sql: sql) } }
}

/// The error of the store that a closure throws.
func storeError(_ body: () throws -> Void) -> StoreError? {
    do {
        try body()
        return nil
    } catch {
        return error as? StoreError
    }
}
