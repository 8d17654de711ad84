import Glibc

/// Why a scenario cannot be set up.
struct BenchError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// A process that a test started, its output in files.
final class SpawnedProcess: Sendable {
    let pid: Int32
    let outputPath: String
    let errorPath: String

    /// Starts the program that the first word names by its path.
    init(_ words: [String], output: String) throws {
        outputPath = output
        errorPath = output + ".err"
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        let flags = O_WRONLY | O_CREAT | O_TRUNC
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, outputPath, flags, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, errorPath, flags, 0o600)
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var number: Int32 = 0
        guard posix_spawn(&number, words[0], &actions, nil, &arguments, environ) == 0 else {
            throw BenchError("cannot start \(words.joined(separator: " "))")
        }
        pid = number
    }

    /// Its exit code, negative for a signal, once it has ended; kills it after `seconds`.
    func wait(seconds: Int = 120) async throws -> Int32 {
        for _ in 0..<seconds * 50 {
            var status: Int32 = 0
            guard waitpid(pid, &status, WNOHANG) == 0 else {
                let signal = status & 0x7f
                return signal == 0 ? (status >> 8) & 0xff : -signal
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        kill(pid, SIGKILL)
        throw BenchError("process \(pid) did not end: \(errors)")
    }

    /// Whether it has ended; it can be waited for all the same.
    var hasEnded: Bool {
        var information = siginfo_t()
        return waitid(P_PID, id_t(pid), &information, WEXITED | WNOHANG | WNOWAIT) == 0
            && information._sifields._sigchld.si_pid == pid
    }

    /// Sends a signal.
    func send(_ signal: Int32) { kill(pid, signal) }

    /// Ends it at once, if it still runs and was not waited for.
    func discard() {
        var status: Int32 = 0
        guard waitpid(pid, &status, WNOHANG) == 0 else { return }
        kill(pid, SIGKILL)
        waitpid(pid, &status, 0)
    }

    /// What it wrote so far.
    var output: String { Self.text(outputPath) }
    /// What it complained of so far.
    var errors: String { Self.text(errorPath) }

    /// A small file's text; empty without one.
    static func text(_ path: String) -> String {
        guard let file = fopen(path, "r") else { return "" }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = fread(&piece, 1, piece.count, file)
            guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
            bytes += piece[..<count]
        }
    }
}
