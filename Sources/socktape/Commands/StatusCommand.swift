import ArgumentParser
import Model
import Queries
import Rendering

/// Is it recording?
struct StatusCommand: ReaderCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Is it recording, since when, how large, how much is seen.",
        discussion: """
            EXAMPLES
              socktape status
              socktape status --format json
            """)

    @OptionGroup var database: ReaderOptions
    @OptionGroup var output: OutputOptions

    func run(in surroundings: Surroundings) throws {
        let path = database.path(in: surroundings)
        // Asked before the file is opened: closing a descriptor of it would drop SQLite's locks.
        let recorder = surroundings.recorder(path)
        try Desk.work(database, output, in: surroundings) { desk in
            let status = try Status(path: path, recorder: recorder, desk: desk)
            try desk.page.show(status.cursor, layout: .record)
            try desk.tellCoverage(status.scope)
            for sentence in try desk.sourceSentences(status.scope) { try desk.note(sentence) }
        }
    }
}
