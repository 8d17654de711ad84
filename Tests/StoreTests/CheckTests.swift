import Foundation
import GRDB
import Model
import Testing

@testable import Store

@Suite("Checking a recording")
struct CheckTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        let store = try RecordingStore(path: folder.file())
        _ = try store.begin(.example())
        var counts = StateCounts()
        counts.add(.established)
        counts.add(.established)
        counts.add(.synReceived)
        var closing = ConnectionRecord.example(2, port: 40001)
        closing.spans = [
            SpanRecord(state: .established, entered: closing.opened, firstSample: 1)
        ]
        try store.write(
            .example(1, next: 3, counts: counts),
            changes: [.alive(.example(1)), .alive(closing)])
        try store.write(.example(2, next: 3), changes: [])
        try store.end(atMicroseconds: midnight + 3_000_000, reason: "stopped")
    }

    private func findings(after sql: String = "") throws -> [String] {
        let database = try DatabaseQueue(path: folder.file())
        try database.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA foreign_keys = OFF;" + sql)
        }
        try database.close()
        return try RecordingFile.open(readingPath: folder.file()).check()
            .map { "\($0.rule): \($0.detail)" }
    }

    @Test("A good recording has no findings") func good() throws { #expect(try findings() == []) }

    @Test(
        "Each fault is found",
        arguments: [
            (
                "UPDATE ended_connection SET opened_width = -2 WHERE connection_id = 1",
                "bounds: connection 1: a bound's latest lies before its earliest"
            ),
            (
                "INSERT INTO span VALUES (2, 1, 8, 2, 2, NULL, NULL, NULL, NULL)",
                "spans: connection 2: stays 0 and 1 share a sample"
            ),
            (
                "INSERT INTO span VALUES (9, 0, 8, 2, 2, NULL, NULL, NULL, NULL)",
                "spans: connection 9: stay 0 belongs to no connection that has stays"
            ),
            (
                "UPDATE sample SET sampled_us = 1 WHERE sample_id = 2",
                "samples: sample 2: its time lies before the sample before"
            ),
            (
                "UPDATE namespace_sample SET established = 3 WHERE sample_id = 1",
                "counts: sample 1, ESTAB: counted 3, rebuilt 2"
            ),
            (
                "UPDATE side SET process_id = 5 WHERE side_id = 1",
                "references: side 1 names a process that is not there"
            ),
            (
                "UPDATE ended_connection SET closing_began = 5 WHERE connection_id = 1",
                "closing: connection 1: one step of its close is told without the other"
            ),
            (
                "UPDATE ended_connection SET closing_began = 5, closing_half = 4, "
                    + "facts = facts + 256 WHERE connection_id = 2",
                "closing: connection 2: the steps of its close are told twice"
            ),
            (
                "UPDATE ended_connection SET closing_began = 5, closing_half = 4 "
                    + "WHERE connection_id = 1",
                "closing: connection 1: its close has steps, but nobody closed first"
            ),
            (
                "UPDATE ended_connection SET closing_began = 4, closing_half = 5, "
                    + "facts = facts + 256, closed_width = 0 WHERE connection_id = 1",
                "closing: connection 1: the steps of its close are out of order"
            ),
            (
                "UPDATE ended_connection SET facts = facts + 1024 * 7 WHERE connection_id = 1",
                "ends: connection 1: an attempt that was not sent has opened"
            ),
            (
                "UPDATE ended_connection SET facts = facts + 1024 * 9 WHERE connection_id = 1",
                "ends: connection 1: ended in a way that has no name"
            ),
            (
                "UPDATE ended_connection SET tw_end = 6 WHERE connection_id = 1",
                "time_wait: connection 1: its TIME-WAIT ended in a way that has no name"
            ),
            (
                "UPDATE ended_connection SET tw_end = 5, tw_entered = 0, tw_entered_width = 0 "
                    + "WHERE connection_id = 1",
                "time_wait: connection 1: a TIME-WAIT that found no room lasted"
            ),
            (
                "UPDATE recording SET ended_us = 1", "recordings: recording 1 ends before it starts"
            ),
        ])
    func faults(sql: String, finding: String) throws {
        #expect(try findings(after: sql) == [finding])
    }

    @Test("A connection that is live in a recording that ended is found")
    func live() throws {
        let found = try findings(
            after: """
                INSERT INTO live_connection SELECT * FROM ended_connection
                WHERE connection_id = 1;
                DELETE FROM ended_connection WHERE connection_id = 1;
                """)
        #expect(
            found == ["live: connection 1 is still live in recording 1, which has ended"])
    }

    @Test("An id that the table at a sample would not find is found")
    func ids() throws {
        let found = try findings(
            after: "UPDATE sample SET next_connection_id = 2 WHERE sample_id = 1")
        #expect(
            found == [
                "ids: connection 2 is too new for sample 1",
                "counts: sample 1, ESTAB: counted 2, rebuilt 1",
            ])
    }

    @Test("A broken page is found")
    func pages() throws {
        let root = try DatabaseQueue(path: folder.file()).lines(
            "SELECT rootpage FROM sqlite_schema WHERE name = 'ended_connection'")
        let handle = try #require(FileHandle(forUpdatingAtPath: folder.file()))
        try handle.seek(toOffset: ((UInt64(root[0]) ?? 2) - 1) * 4096)
        try handle.write(contentsOf: Data(repeating: 0xee, count: 4096))
        try handle.close()
        let found = try RecordingFile.open(readingPath: folder.file()).check()
        #expect(found.first?.rule == "integrity")
    }
}
