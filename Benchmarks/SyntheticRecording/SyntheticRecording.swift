import Foundation
import Store

/// Makes a recording of a synthetic night: `SyntheticRecording --connections N --output FILE
/// [--seed S] [--hours H]`.
@main
enum SyntheticRecording {
    private static let usage = """
        usage: SyntheticRecording --connections N --output FILE [--seed S] [--hours H]

        """

    static func main() throws {
        var options: [String: String] = [:]
        var words = CommandLine.arguments.dropFirst()
        while let name = words.popFirst(), let value = words.popFirst() { options[name] = value }
        guard let connections = options["--connections"].flatMap({ Int64($0) }), connections >= 0,
            let output = options["--output"], let seed = UInt64(options["--seed"] ?? "1"),
            let hours = Double(options["--hours"] ?? "8"), hours * 3600 >= 1
        else {
            FileHandle.standardError.write(Data(usage.utf8))
            exit(64)
        }
        guard !FileManager.default.fileExists(atPath: output) else {
            FileHandle.standardError.write(Data("\(output) is there already\n".utf8))
            exit(73)
        }
        let began = ContinuousClock.now
        let (made, samples) = try record(connections, output, seed, hours)
        print("recorded in \(ContinuousClock.now - began)")
        print(try SizeReport(path: output).text(connections: made, samples: samples))
    }

    private static func record(
        _ connections: Int64, _ output: String, _ seed: UInt64, _ hours: Double
    ) throws -> (connections: Int64, samples: Int64) {
        let store = try RecordingStore(path: output)
        var night = try SyntheticNight(
            store: store, connections: connections, hours: hours, seed: seed)
        try night.run()
        return (night.connections, night.samples)
    }
}
