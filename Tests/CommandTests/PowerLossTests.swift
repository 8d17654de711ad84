import Foundation
import GRDB
import Model
import Store
import Testing

/// What a power failure leaves, as far as it can be made up: the file and its log as they were amid
/// the writes, the log cut or torn anywhere, pages half of which are old.
@Suite("After a power failure", .serialized)
struct PowerLossTests {
    /// `SOCKTAPE_ROUNDS` asks for more.
    private static let rounds =
        ProcessInfo.processInfo.environment["SOCKTAPE_ROUNDS"].flatMap { Int($0) } ?? 4
    private static let connections: Int64 = 400
    private static let sector = 512

    private struct State {
        var file: Data
        var log: Data
    }

    private let folder: Folder
    /// After each sample.
    private let states: [State]
    /// When all that the log holds had gone into the file as well, after 12 and 24 samples.
    private let merged: [State]

    /// 24 samples, each with connections of its own, and what lay on the disk.
    init() throws {
        folder = try Folder()
        let path = folder.file("running.sqlite")
        let store = try RecordingStore(path: path)
        _ = try store.begin(
            RecordingRecord(
                uuid: "one", host: "host", bootID: "boot", kernel: "6.18", version: "1",
                intervalMicroseconds: 1_000_000, startedMicroseconds: RecordedNight.start))
        try Self.merge(store)
        func state() throws -> State {
            State(
                file: try Data(contentsOf: URL(fileURLWithPath: path)),
                log: try Data(contentsOf: URL(fileURLWithPath: path + "-wal")))
        }
        var (states, merged): ([State], [State]) = ([], [])
        for sample in Int64(1)...24 {
            try Self.write(sample, into: store)
            states.append(try state())
            guard sample % 12 == 0 else { continue }
            try Self.merge(store)
            merged.append(try state())
        }
        (self.states, self.merged) = (states, merged)
    }

    /// Has all that the log holds written into the file too.
    private static func merge(_ store: RecordingStore) throws {
        try store.database.writeWithoutTransaction {
            try $0.execute(sql: "PRAGMA wal_checkpoint(PASSIVE)")
        }
    }

    private static func write(_ id: Int64, into store: RecordingStore) throws {
        let moment = RecordedNight.start + id * 1_000_000
        var counts = StateCounts()
        var changes: [Change] = []
        for place in 1...connections {
            var record = ConnectionRecord(
                id: (id - 1) * connections + place, netns: 1,
                tuple: FourTuple(
                    local: Endpoint(IPAddress(ipv4: 0x0a00_0001), UInt16(2000 + place)),
                    peer: Endpoint(IPAddress(ipv4: 0x0a00_0002), 443)),
                cookie: UInt64(id * connections + place), state: .established)
            record.opened = Bounds(exactly: moment - 500_000)
            record.closed = Bounds(exactly: moment + 500_000)
            record.firstSample = id
            record.lastSample = id
            counts.add(.established)
            changes.append(.ended(record))
        }
        var sample = SampleRecord(
            id: id, sampledMicroseconds: moment, nextConnection: id * connections + 1)
        var namespace = NamespaceSample(netns: 1)
        namespace.states = counts
        sample.namespaces = [namespace]
        try store.write(sample, changes: changes)
    }

    /// A file and log of a disk.
    private func put(_ state: State, _ name: String) throws -> String {
        let path = folder.file(name)
        try state.file.write(to: URL(fileURLWithPath: path))
        try state.log.write(to: URL(fileURLWithPath: path + "-wal"))
        return path
    }

    /// Whether the file holds samples from the first on, each whole; how many.
    private func wholeSamples(_ path: String) throws -> Int {
        let database = try DatabaseQueue(path: path)
        defer { try? database.close() }
        return try database.read { database in
            let samples =
                try Int.fetchOne(
                    database, sql: "SELECT count(*) FROM sample WHERE recording_id = 1") ?? 0
            let last = try Int.fetchOne(
                database,
                sql: "SELECT coalesce(max(sample_id), 0) FROM sample "
                    + "WHERE recording_id = 1")
            let rows = try Int.fetchOne(
                database,
                sql: """
                    SELECT count(*) FROM ended_connection AS c JOIN side AS d USING (side_id)
                    WHERE d.recording_id = 1
                      AND c.connection_id BETWEEN (c.first_sample - 1) * \(Self.connections) + 1
                      AND c.first_sample * \(Self.connections)
                    """)
            #expect(last == samples, "\(path): a sample between others is gone")
            #expect(rows == samples * Int(Self.connections), "\(path): connections are gone")
            return samples
        }
    }

    /// Readers and the next start end by a code, with one line; what they call whole is whole.
    private func expectCleanOrProven(_ path: String, _ what: String) throws {
        let check = try Command.socktape("check", db: path)
        #expect([0, 65].contains(check.code), "\(what): \(check.complaint)")
        #expect(check.complaints.count == 1, "\(what): \(check.complaint)")
        for words in [["status"], ["report", "summary"], ["at", "start+3s"]] {
            let outcome = try Command.socktape(words: words, db: path)
            #expect([0, 65, 69].contains(outcome.code), "\(what), \(words): \(outcome.complaint)")
            if outcome.code != 0 { #expect(outcome.complaints.count == 1, "\(what), \(words)") }
        }
        if check.code == 0 { _ = try wholeSamples(path) }
        let start = try Command.socktape(
            "record", "--capture", "dumps", "--interval", "20ms", "--duration", "50ms", db: path)
        #expect(start.code == 0, "\(what): \(start.complaint)")
        let isAside = start.complaint.contains("the file is damaged")
        #expect(isAside || start.complaint.contains("was not closed"), "\(start.complaint)")
        if isAside { #expect(check.code == 65, "\(what): set aside, though check found nothing") }
        #expect(
            try Command.socktape("check", db: path).code == 0 || check.code == 65 && !isAside,
            "\(what)")
    }

    @Test("A log cut or overwritten anywhere gives whole samples up to there, and a clean start")
    func torn() throws {
        var random = SystemRandomNumberGenerator()
        for round in 0..<Self.rounds {
            var state = try #require(states.randomElement(using: &random))
            let cut = Int.random(in: 0...state.log.count, using: &random)
            if round % 2 == 0 {
                state.log.removeSubrange(cut...)
            } else {
                // What was not yet synchronised: some of its sectors are on the disk.
                for start in stride(from: cut / 512 * 512, to: state.log.count, by: Self.sector)
                where Bool.random(using: &random) {
                    let end = min(start + Self.sector, state.log.count)
                    state.log.replaceSubrange(start..<end, with: Data(count: end - start))
                }
            }
            let path = try put(state, "log-\(round)")
            let what = "log of \(state.log.count) octets, cut at \(cut)"
            #expect(try Command.socktape("check", db: path).code == 0, "\(what)")
            #expect(try wholeSamples(path) <= states.count)
            try expectCleanOrProven(path, what)
        }
    }

    @Test("Pages torn while the log went into the file are whole again from the log")
    func checkpoint() throws {
        var random = SystemRandomNumberGenerator()
        for round in 0..<Self.rounds {
            var state = merged[round % merged.count]
            let pages = Self.loggedPages(state.log).filter { $0 * 4096 <= state.file.count }
            #expect(pages.count > 50)
            for page in pages { Self.tear(&state.file, page: page, Data(count: 4096), &random) }
            let path = try put(state, "checkpoint-\(round)")
            let before = try Command.socktape("check", db: path)
            #expect(before.code == 0, "\(before.output)")
            try expectCleanOrProven(path, "\(pages.count) torn pages that the log has")
        }
    }

    @Test("Pages torn for good are damage that is told, by check and by the next start")
    func lost() throws {
        var random = SystemRandomNumberGenerator()
        for round in 0..<Self.rounds {
            var state = merged[1]
            let old = merged[0].file
            state.log = Data()
            let number = Int.random(in: 2...state.file.count / 4096, using: &random)
            let start = (number - 1) * 4096
            let other =
                start + 4096 <= old.count
                ? old.subdata(in: start..<start + 4096) : Data(count: 4096)
            Self.tear(&state.file, page: number, other, &random)
            let path = try put(state, "lost-\(round)")
            try expectCleanOrProven(path, "page \(number) torn")
        }
    }

    /// The pages that a log holds (https://www.sqlite.org/fileformat2.html, section 4.1), but those
    /// of an earlier round that still stand behind the last.
    private static func loggedPages(_ log: Data) -> Set<Int> {
        var pages: Set<Int> = []
        var place = 32
        while place + 24 + 4096 <= log.count, log[place + 8..<place + 16] == log[16..<24] {
            pages.insert(log[place..<place + 4].reduce(0) { $0 << 8 | Int($1) })
            place += 24 + 4096
        }
        return pages
    }

    /// Some sectors of a page are those of another state.
    private static func tear(
        _ file: inout Data, page: Int, _ other: Data, _ random: inout some RandomNumberGenerator
    ) {
        let start = (page - 1) * 4096
        guard start + 4096 <= file.count else { return }
        for offset in stride(from: 0, to: 4096, by: sector) where Bool.random(using: &random) {
            file.replaceSubrange(
                start + offset..<start + offset + sector,
                with: other[other.startIndex + offset..<other.startIndex + offset + sector])
        }
    }
}
