import ArgumentParser
import Glibc
import Kernel
import Queries
import UnixSignals

/// Parses, runs, and ends the process with the code that says how it went.
@main
enum Main {
    static func main() async {
        OwnProcess.shareHeap()
        Terminal.reserveStandardStreams()
        Terminal.ignoreClosedPipes()
        let code = await outcome(of: Array(CommandLine.arguments.dropFirst()))
        exit(code.rawValue)
    }

    private static func outcome(of arguments: [String]) async -> ExitCode {
        do {
            var command = try Socktape.parseAsRoot(arguments)
            if let reader = command as? any ReaderCommand {
                try await run(reader)
            } else if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            return .success
        } catch {
            return Complaint(error).deliver()
        }
    }

    /// Runs a command that only reads: Ctrl-C ends its question, and nothing half written stays.
    private static func run(_ command: any ReaderCommand) async throws {
        let surroundings = Surroundings(cancellation: Cancellation())
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        let cancellation = surroundings.cancellation
        let watch = Task.detached {
            for await _ in signals { cancellation.cancel(.interrupted) }
        }
        defer { watch.cancel() }
        try command.run(in: surroundings)
    }
}
