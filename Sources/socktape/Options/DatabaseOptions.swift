import ArgumentParser

/// Which file is read.
struct DatabaseOptions: ParsableArguments {
    @Option(
        name: .customLong("db"),
        help: ArgumentHelp("The recording; $SOCKTAPE_DB is the default.", valueName: "file"))
    var file: String?

    /// An empty variable in a script would otherwise be a file without a name.
    func validate() throws {
        if file?.isEmpty == true { throw ValidationError("--db needs the path of a file") }
    }

    /// The recording's path.
    func path(in surroundings: Surroundings) -> String {
        let environment = surroundings.environment
        func variable(_ name: String) -> String? {
            environment[name].flatMap { $0.isEmpty ? nil : $0 }
        }
        if let file { return file }
        if let path = variable("SOCKTAPE_DB") { return path }
        if surroundings.isRoot { return "/var/lib/socktape/socktape.sqlite" }
        let data = variable("XDG_DATA_HOME") ?? (variable("HOME") ?? ".") + "/.local/share"
        return data + "/socktape/socktape.sqlite"
    }
}
