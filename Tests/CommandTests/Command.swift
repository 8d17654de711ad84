import Foundation

/// The built program, run as a person runs it.
struct Command {
    /// What a run left behind.
    struct Outcome {
        var code: Int32
        var output: String
        var complaint: String

        /// The lines of the complaint.
        var complaints: [Substring] { complaint.split(separator: "\n") }
    }

    /// The program beside the test bundle.
    static let path = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent().appendingPathComponent("socktape").path

    /// Runs `socktape` with these words.
    static func socktape(
        _ words: String..., db: String? = nil, environment: [String: String] = [:]
    ) throws -> Outcome {
        try socktape(words: words, db: db, environment: environment)
    }

    /// As above, with the words in an array.
    static func socktape(
        words: [String], db: String? = nil, environment: [String: String] = [:]
    ) throws -> Outcome {
        try run([path] + words + (db.map { ["--db", $0] } ?? []), environment: environment)
    }

    /// Runs a line of the shell in which `$socktape` is the program.
    static func shell(_ line: String, environment: [String: String] = [:]) throws -> Outcome {
        try run(["/bin/bash", "-c", line], environment: environment)
    }

    private static func run(_ words: [String], environment: [String: String]) throws -> Outcome {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: words[0])
        process.arguments = Array(words.dropFirst())
        process.environment = [
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8", "TZ": "UTC",
            "socktape": path,
        ].merging(environment) { $1 }
        // Files, not pipes: nothing blocks, whatever the length.
        let folder = try Folder()
        let output = folder.file("output")
        let complaint = folder.file("complaint")
        for file in [output, complaint] { try Data().write(to: URL(fileURLWithPath: file)) }
        process.standardOutput = FileHandle(forWritingAtPath: output)
        process.standardError = FileHandle(forWritingAtPath: complaint)
        process.standardInput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        let code = process.terminationStatus + (process.terminationReason == .exit ? 0 : 128)
        return Outcome(
            code: code, output: try String(contentsOfFile: output, encoding: .utf8),
            complaint: try String(contentsOfFile: complaint, encoding: .utf8))
    }
}

/// A folder that goes with its owner.
final class Folder {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "socktape-" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { path + "/" + name }

    /// The names of what it holds.
    var names: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
    }
}
