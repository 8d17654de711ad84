import ArgumentParser

/// A command that reads a recording and changes nothing.
protocol ReaderCommand: ParsableCommand {
    /// Validates, asks, renders.
    func run(in surroundings: Surroundings) throws
}
