import GRDB
import Glibc

/// A network namespace and a directory of its own for one scenario; both go when it ends, and so
/// do the processes that it started.
final class Bench {
    /// How many times longer things may take than in a plain build: scripts/sanitize tells.
    static let slowness =
        getenv("SOCKTAPE_SLOWNESS").flatMap { Int64(String(cString: $0)) } ?? 1

    let namespace: String
    let directory: String
    private var processes: [SpawnedProcess] = []
    private var outputs = 0
    private var mounts: [String] = []

    /// Where the recording is.
    private(set) var recording: String

    /// Runs a scenario; where losses hid too much of it, again, three times at most.
    static func run(_ scenario: (Bench) async throws -> Void) async throws {
        for _ in 0..<2 {
            do {
                return try await runOnce(scenario)
            } catch is HiddenByLosses {}
        }
        try await runOnce(scenario)
    }

    private static func runOnce(_ scenario: (Bench) async throws -> Void) async throws {
        let bench = try await Bench()
        do {
            try await scenario(bench)
        } catch {
            await bench.cleanUp()
            throw error
        }
        await bench.cleanUp()
    }

    private init() async throws {
        let mark = String(UInt64.random(in: 0 ... .max), radix: 36)
        namespace = "socktape-\(mark)"
        directory = "/tmp/\(namespace)"
        recording = directory + "/recording.sqlite"
        guard mkdir(directory, 0o700) == 0 else { throw BenchError("cannot make \(directory)") }
        try await host(["ip", "netns", "add", namespace])
        try await host(["ip", "-n", namespace, "link", "set", "lo", "up"])
    }

    private func cleanUp() async {
        for process in processes.reversed() { process.discard() }
        for mount in mounts { _ = try? await host(["umount", "-l", mount]) }
        _ = try? await host(["ip", "netns", "delete", namespace])
        _ = try? await host(["rm", "-r", directory])
    }

    /// Puts the recording on a disk of its own, of so many KiB.
    func useDisk(kibibytes: Int) async throws -> String {
        let disk = directory + "/disk"
        try await host(["mkdir", disk])
        try await host(["mount", "-t", "tmpfs", "-o", "size=\(kibibytes)k", "tmpfs", disk])
        mounts.append(disk)
        recording = disk + "/recording.sqlite"
        return disk
    }

    // MARK: Processes

    /// Starts a program in the namespace.
    func start(_ words: [String]) throws -> SpawnedProcess {
        try spawn(["/usr/bin/nsenter", "--net=/run/netns/\(namespace)"] + words)
    }

    /// Runs a command in the namespace to its end and gives its output.
    @discardableResult
    func inside(_ words: [String]) async throws -> String {
        try await host(["nsenter", "--net=/run/netns/\(namespace)"] + words)
    }

    /// Runs a command on the host to its end and gives its output.
    @discardableResult
    func host(_ words: [String]) async throws -> String {
        let process = try spawn(["/usr/bin/env"] + words)
        guard try await process.wait() == 0 else {
            throw BenchError("\(words.joined(separator: " ")): \(process.errors)")
        }
        return process.output
    }

    private func spawn(_ words: [String]) throws -> SpawnedProcess {
        outputs += 1
        let process = try SpawnedProcess(words, output: "\(directory)/output-\(outputs)")
        processes.append(process)
        return process
    }

    /// Starts the truth generator.
    func generate(_ words: [String]) throws -> SpawnedProcess {
        try start([Self.product("TruthGenerator")] + words)
    }

    /// Lets a truth generator finish and reads what it wrote.
    func truths(of generator: SpawnedProcess) async throws -> [Truth] {
        guard try await generator.wait() == 0 else { throw BenchError(generator.errors) }
        return try Truth.parse(generator.output)
    }

    /// Starts a recorder, with further words, and waits for its first sample.
    func record(
        interval: String, capture: String = "dumps", _ further: [String] = [],
        under wrapper: [String] = []
    ) async throws -> SpawnedProcess {
        let earlier = (try? query { try Int.fetchOne($0, sql: Self.sampleCount) }) ?? 0
        // An unoptimised recorder beside other tests would shed what a test looks for.
        let isBounded = further.contains("--event-budget")
        let budget = isBounded ? [] : ["--event-budget", "off"]
        let recorder = try start(
            wrapper + recordWords(interval: interval, capture: capture) + budget + further)
        try await until("the recorder's first sample: \(recorder.errors)") {
            try self.query { try Int.fetchOne($0, sql: Self.sampleCount) ?? 0 } > earlier
        }
        return recorder
    }

    /// The command that records into the scenario's file. Where nothing but dumps tells of
    /// connections each sample is one, however busy the host is.
    func recordWords(interval: String, capture: String = "dumps") throws -> [String] {
        let pace = capture == "dumps+events" ? [] : ["--dump-every", interval]
        return try [
            Self.product("socktape"), "record", "--db", recording, "--interval", interval,
            "--duration", "10m", "--capture", capture,
        ] + pace
    }

    /// Ends a recorder as a service manager does.
    func stop(_ recorder: SpawnedProcess) async throws {
        recorder.send(SIGTERM)
        guard try await recorder.wait() == 0 else {
            throw BenchError("the recorder did not end cleanly: \(recorder.errors)")
        }
    }

    /// Waits until a condition holds; what throws does not hold.
    func until(_ what: String, _ condition: () throws -> Bool) async throws {
        for _ in 0..<600 {
            if (try? condition()) == true { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw BenchError("waited 30 s for \(what)")
    }

    // MARK: The recording

    private static let sampleCount = "SELECT count(*) FROM samples"

    /// The longest time from one sample's beginning to the next one's end, µs: what is shorter may
    /// not be seen. On a busy host a sample may be skipped.
    func longestPause() throws -> Int64 {
        let sql = """
            SELECT max(pause) FROM (
              SELECT sampled_us + dump_us - lag(sampled_us) OVER (ORDER BY sample_id) AS pause
              FROM samples)
            """
        return try query { try Int64.fetchOne($0, sql: sql) ?? 0 }
    }

    /// Reads the recording.
    func query<T>(_ body: (Database) throws -> T) throws -> T {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        return try DatabaseQueue(path: recording, configuration: configuration).read(body)
    }

    /// A built program, beside the tests' own.
    static func product(_ name: String) throws -> String {
        var own = [CChar](repeating: 0, count: 4096)
        readlink("/proc/self/exe", &own, own.count - 1)
        let exe = String(decoding: own.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self)
        for path in [exe] + CommandLine.arguments where path.contains("/") {
            let product = path[..<(path.lastIndex(of: "/") ?? path.startIndex)] + "/" + name
            if access(String(product), X_OK) == 0 { return String(product) }
        }
        throw BenchError("no program \(name) beside \(exe); build it with `swift build`")
    }
}
