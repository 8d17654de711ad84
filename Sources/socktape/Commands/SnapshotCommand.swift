import ArgumentParser
import Queries

/// A copy of the recording.
struct SnapshotCommand: ReaderCommand {
    static let configuration = CommandConfiguration(
        commandName: "snapshot",
        abstract: "Copy the recording into a file of its own.",
        discussion: """
            The copy is consistent, also while recording goes on, and one plain file that can be \
            taken elsewhere. An existing file is not replaced.

            EXAMPLES
              socktape snapshot monday.sqlite
            """)

    @OptionGroup var database: ReaderOptions

    @Argument(help: "The file to make.")
    var file: String

    func run(in surroundings: Surroundings) throws {
        try surroundings.reader(database).snapshot(to: file)
    }
}
