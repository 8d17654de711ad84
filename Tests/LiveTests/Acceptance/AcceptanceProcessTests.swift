import GRDB
import Glibc
import Testing

@Suite("A recording names processes, their descriptors and their listeners")
struct AcceptanceProcessTests {
    private static let each = 150

    @Test("Owners, counts of descriptors and accepted connections of two holders are right")
    func holders() async throws {
        try await Bench.run { bench in
            let recorder = try await bench.record(interval: "500ms")
            let holder = try bench.generate([
                "hold", "--count", "\(2 * Self.each)", "--processes", "2", "--seconds", "60",
            ])
            try await bench.until("the connections") { holder.output.contains("ready") }
            let path = "/proc/\(holder.pid)/task/\(holder.pid)/children"
            let pids = SpawnedProcess.text(path).split(separator: " ").compactMap { Int($0) }
            try #require(pids.count == 2)
            var open: [Int: Int] = [:]
            for pid in pids {
                open[pid] = try await bench.host(["ls", "/proc/\(pid)/fd"])
                    .split(separator: "\n").count
            }
            // Scans of processes are paced by what they cost; each process waits for the next.
            try await bench.until("a count of descriptors of each holder") {
                try pids.allSatisfy { pid in try bench.query { try Self.isCounted(pid, $0) } }
            }
            try await bench.stop(recorder)
            for pid in pids { try bench.query { try expectHolder(pid, open[pid] ?? 0, $0) } }
            let owned = try bench.query {
                try Int.fetchOne($0, sql: "SELECT count(*) FROM socket_owners")
            }
            #expect(owned == 4 * Self.each)
        }
    }

    private static func isCounted(_ pid: Int, _ database: Database) throws -> Bool {
        let sql = "SELECT count(*) FROM process_fds WHERE pid = ?"
        return try Int.fetchOne(database, sql: sql, arguments: [pid]) ?? 0 > 0
    }

    private func expectHolder(_ pid: Int, _ open: Int, _ database: Database) throws {
        let owned = """
            SELECT count(*) FROM socket_owners JOIN processes AS p USING (process_id)
            WHERE p.pid = ? AND p.comm = 'TruthGenerator'
            """
        #expect(try Int.fetchOne(database, sql: owned, arguments: [pid]) == 2 * Self.each)
        let descriptors = """
            SELECT open_fds, peak_fds, soft_limit, hard_limit FROM process_fds
            WHERE pid = ? ORDER BY from_us DESC LIMIT 1
            """
        let row = try #require(try Row.fetchOne(database, sql: descriptors, arguments: [pid]))
        #expect(row["open_fds"] == open)
        #expect(row["peak_fds"] == open)
        #expect(open > 2 * Self.each)
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        #expect(row["hard_limit"] == Int64(limit.rlim_max))
        let accepted = "SELECT accepted, backlog, last_seen_us FROM listeners WHERE pid = ?"
        let listener = try #require(try Row.fetchOne(database, sql: accepted, arguments: [pid]))
        #expect(listener["accepted"] == Self.each)
        #expect(listener["backlog"] == 4096)
    }
}
