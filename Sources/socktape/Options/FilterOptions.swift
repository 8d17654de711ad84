import ArgumentParser
import Expressions
import Model
import Queries

/// Which connections are asked about, in ss's words. An option given twice widens the choice.
struct FilterOptions: ParsableArguments {
    @OptionGroup var ends: EndFilterOptions

    @Option(help: ArgumentHelp("In this state: established, time-wait, …", valueName: "state"))
    var state: [String] = []

    /// The condition that every option together makes.
    func clause() throws -> Clause { try ends.clause(states: state) }
}

/// The filters that need no state.
struct EndFilterOptions: ParsableArguments {
    @Option(help: ArgumentHelp("This end is ADDR[/LEN][:PORT].", valueName: "end"))
    var local: [String] = []

    @Option(help: ArgumentHelp("The other end is ADDR[/LEN][:PORT].", valueName: "end"))
    var peer: [String] = []

    @Option(help: ArgumentHelp("Either end has this port.", valueName: "port"))
    var port: [String] = []

    @OptionGroup var processes: ProcessFilterOptions

    @Option(help: ArgumentHelp("client, server or unknown.", valueName: "role"))
    var role: [String] = []

    /// No filter but a state's.
    static func clause(onlyStates states: [String]) throws -> Clause {
        Clause(try SocketFilter(states: states))
    }

    /// The condition that every option together makes.
    func clause(states: [String] = []) throws -> Clause {
        Clause(
            try SocketFilter(
                states: states, local: local, peer: peer, ports: port,
                processes: processes.process, pids: processes.pid, roles: role))
    }
}

/// The filters that need no connection.
struct ProcessFilterOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Held by a process of this name; * is a wildcard.", valueName: "name"))
    var process: [String] = []

    @Option(help: ArgumentHelp("Held by this process.", valueName: "pid"))
    var pid: [String] = []

    /// The condition that both together make.
    func clause() throws -> Clause {
        Clause(try SocketFilter(processes: process, pids: pid))
    }
}

extension Clause {
    /// What a filter means to the views.
    init(_ filter: SocketFilter) {
        let condition = filter.condition()
        self =
            filter.isEmpty
            ? .all : Clause(positional: condition.text, arguments: condition.arguments)
    }
}
