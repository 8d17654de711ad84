import Foundation
import GRDB
import Model
import Store

/// Records on into a recording that is larger than it may be, and says how long the longest write
/// took, pruning included; with `--steps yes` how long the steps of pruning by hand take: `Pruning FILE [--share 0.5] [--samples N]`. The file is changed.
@main
enum Pruning {
    static func main() throws {
        var words = CommandLine.arguments.dropFirst()
        guard let path = words.popFirst(), FileManager.default.fileExists(atPath: path) else {
            FileHandle.standardError.write(Data("usage: Pruning FILE [--share S]\n".utf8))
            exit(64)
        }
        var options: [String: String] = [:]
        while let name = words.popFirst(), let value = words.popFirst() { options[name] = value }
        let share = Double(options["--share"] ?? "0.5") ?? 0.5
        let most = Int64(options["--samples"] ?? "3600") ?? 3600
        if options["--steps"] != nil { return try steps(path, share) }
        let store = try RecordingStore(path: path)
        let before = store.fileBytes ?? 0
        let cap = Int64(Double(before) * share)
        store.retain(RetentionPolicy(maxBytes: cap)) { print($0) }
        let last = try store.database.read { database in
            try Int64.fetchOne(database, sql: "SELECT max(sampled_us) FROM sample") ?? 0
        }
        var next = try store.begin(
            RecordingRecord(
                uuid: UUID().uuidString, host: "h", bootID: "b", kernel: "k", version: "v",
                intervalMicroseconds: 1_000_000, startedMicroseconds: last + 1))
        var times: [Double] = []
        repeat {
            let record = SampleRecord(
                id: next.sample, sampledMicroseconds: last + 1_000_000 * Int64(times.count + 1),
                nextConnection: next.connection)
            next.sample += 1
            try times.append(seconds { try store.write(record, changes: []) })
        } while times.count < most && (times.last ?? 0) > 0.01
        times.sort()
        print(
            "\(before) octets to \(store.fileBytes ?? 0) of \(cap) in \(times.count) writes; "
                + "the longest \(Int((times.last ?? 0) * 1000)) ms, of which pruning may take 100 ms; "
                + "its longest step \(store.longestPruningStep ?? .zero)")
    }

    /// How long each step takes of a processor, which other programs do not disturb.
    private static func steps(_ path: String, _ share: Double) throws {
        let store = try RecordingStore(path: path)
        let policy = RetentionPolicy(maxBytes: Int64(Double(store.fileBytes ?? 0) * share))
        let plan = try store.database.read {
            try PrunePlan(policy, $0, path: path, now: 1_767_225_600_000_000)
        }
        var times: [Double] = []
        var last = clock()
        var taken: Int64 = 0
        try store.prune(plan, now: 0) { rows, _ in
            times.append(Double(clock() - last) / Double(CLOCKS_PER_SEC))
            taken = rows
            last = clock()
        }
        let sum = times.reduce(0, +)
        times.sort()
        print(
            "\(taken) rows in \(times.count) steps, \(Int(sum * 1000)) ms of a processor; the "
                + "longest \(times.suffix(3).map { Int($0 * 1000) }) ms, half of them at most "
                + "\(Int(times[times.count / 2] * 1e6)) µs")
    }

    private static func seconds(_ body: () throws -> Void) rethrows -> Double {
        let duration = try ContinuousClock().measure(body)
        return Double(duration.components.seconds)
            + Double(duration.components.attoseconds) / 1e18
    }
}
