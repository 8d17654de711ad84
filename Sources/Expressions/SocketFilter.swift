/// Which sockets are wanted, in ss's words. Values of one kind widen the choice, kinds narrow it.
package struct SocketFilter: Hashable, Sendable {
    /// Whose connections: the view's column `role`.
    package enum Role: String, Hashable, Sendable, CaseIterable {
        case client
        case server
        case unknown
    }

    /// The wanted states; nil for every one, also an unknown one.
    package var states: StateSelection?
    /// The wanted local ends; empty for every one.
    package var local: [EndpointPattern] = []
    /// The wanted peers; empty for every one.
    package var peer: [EndpointPattern] = []
    /// The wanted ports at either end; empty for every one.
    package var ports: [UInt16] = []
    /// The wanted names of processes; `*` stands for any characters.
    package var processes: [String] = []
    /// The wanted process ids.
    package var pids: [Int32] = []
    /// The wanted roles.
    package var roles: [Role] = []

    /// Wants everything.
    package init() {}

    /// Reads the words of each option, as often as it was given.
    package init(
        states: [String] = [], local: [String] = [], peer: [String] = [], ports: [String] = [],
        processes: [String] = [], pids: [String] = [], roles: [String] = []
    ) throws(ExpressionError) {
        if !states.isEmpty { self.states = try StateSelection(states) }
        for text in local { self.local.append(try EndpointPattern(text)) }
        for text in peer { self.peer.append(try EndpointPattern(text)) }
        for text in ports {
            if let port = try EndpointPattern.port(text) { self.ports.append(port) }
        }
        self.processes = try processes.map { name throws(ExpressionError) in
            try Self.process(name)
        }
        for text in pids { self.pids.append(try Self.pid(text)) }
        for text in roles { self.roles.append(try Self.role(text)) }
    }

    private static func process(_ name: String) throws(ExpressionError) -> String {
        guard name.isEmpty else { return name }
        throw ExpressionError(
            cannotRead: "process", name, because: "it is empty", try: "nginx or postgres*")
    }

    private static func pid(_ text: String) throws(ExpressionError) -> Int32 {
        if let pid = Int32(text), pid > 0 { return pid }
        throw ExpressionError(
            cannotRead: "pid", text, because: "it is not a positive number", try: "1234")
    }

    private static func role(_ text: String) throws(ExpressionError) -> Role {
        if let role = Role(rawValue: text.lowercased()) { return role }
        throw ExpressionError(
            cannotRead: "role", text, because: "it is not a role",
            try: "client, server or unknown")
    }
}
