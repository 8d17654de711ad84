import Foundation

/// What the R package survival (Therneau; Debian's r-cran-survival) makes of sets of lives, asked
/// as the test runs.
struct Survfit {
    /// One row: a set and numbers; nil where R has none.
    struct Row {
        var set: Int
        var numbers: [Double?]
    }

    /// Time, at risk, events, S, standard error of the hazard, lower and upper band.
    private(set) var steps: [Int: [Row]] = [:]
    /// Share, quantile, lower and upper end.
    private(set) var quantiles: [Int: [Row]] = [:]
    /// Horizon, mean, standard error.
    private(set) var means: [Int: [Row]] = [:]

    /// R is not installed, or failed.
    struct Failure: Error { let text: String }

    /// Asks R; throws where it cannot answer.
    init(_ sets: [(number: Int, lives: [(entry: Double, exit: Double, isEvent: Bool)])]) throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "socktape-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var text = "set,entry,exit,event\n"
        for (number, lives) in sets {
            for life in lives {
                text += "\(number),\(life.entry),\(life.exit),\(life.isEvent ? 1 : 0)\n"
            }
        }
        let file = folder.appending(path: "lives.csv")
        try Data(text.utf8).write(to: file)
        for line in try Self.run(file, in: folder).split(separator: "\n") {
            let words = line.split(separator: ",")
            guard words.count > 2, let set = Int(words[1]) else { continue }
            let row = Row(set: set, numbers: words.dropFirst(2).map { Double($0) })
            switch words[0] {
            case "step": steps[set, default: []].append(row)
            case "quantile": quantiles[set, default: []].append(row)
            default: means[set, default: []].append(row)
            }
        }
    }

    private static func run(_ file: URL, in folder: URL) throws -> String {
        let script = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "survfit.R")
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["Rscript", "--vanilla", script.path, file.path]
        // Files, not pipes: nothing blocks, whatever the length.
        let outputs = ["out", "error"].map { folder.appending(path: $0) }
        for output in outputs { try Data().write(to: output) }
        process.standardOutput = try FileHandle(forWritingTo: outputs[0])
        process.standardError = try FileHandle(forWritingTo: outputs[1])
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            let told = try String(contentsOf: outputs[1], encoding: .utf8)
            throw Failure(
                text: "R cannot answer: \(told); try 'apt-get install r-cran-survival'")
        }
        return try String(contentsOf: outputs[0], encoding: .utf8)
    }
}
