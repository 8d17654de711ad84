import Model

extension SocketFilter {
    /// The SQL function that the condition may call:
    /// `socktape_in_prefix(address, prefix, length)`, answered by `AddressPrefix.holds`.
    package static let prefixFunction = "socktape_in_prefix"

    /// How many octets of a process's name the kernel keeps (TASK_COMM_LEN less its end).
    private static let commLength = 15

    /// Whether everything is wanted.
    package var isEmpty: Bool { condition().text == SQLCondition().text }

    /// The columns of the public views that the condition reads, so that a view without one of
    /// them can be refused by name.
    package var columns: [String] {
        var columns: [String] = []
        if states?.isEverything == false { columns.append("state") }
        columns += Self.columns(local, address: "local_address", port: "local_port")
        columns += Self.columns(peer, address: "peer_address", port: "peer_port")
        if !ports.isEmpty { columns += ["local_port", "peer_port"] }
        if !processes.isEmpty { columns.append("comm") }
        if !pids.isEmpty { columns.append("pid") }
        if !roles.isEmpty { columns.append("role") }
        return columns.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }

    /// The condition over the public views' columns, each behind this table's name if given.
    package func condition(table: String? = nil) -> SQLCondition {
        let column = { (name: String) in table.map { "\($0).\(name)" } ?? name }
        let wantedStates = states?.isEverything == false ? states?.states : nil
        let kinds: [SQLCondition?] = [
            wantedStates.map { Self.membership(column("state"), $0.map { .text($0.name) }) },
            Self.condition(local, address: column("local_address"), port: column("local_port")),
            Self.condition(peer, address: column("peer_address"), port: column("peer_port")),
            .any(
                ["local_port", "peer_port"].compactMap {
                    Self.choice(column($0), ports.map { .integer(Int64($0)) })
                }),
            .any(processes.map { Self.process($0, column("comm")) }),
            Self.choice(column("pid"), pids.map { .integer(Int64($0)) }),
            Self.choice(column("role"), roles.map { .text($0.rawValue) }),
        ]
        return .every(kinds.compactMap { $0 })
    }

    private static func columns(
        _ patterns: [EndpointPattern], address: String, port: String
    ) -> [String] {
        if patterns.contains(where: { $0.prefix == nil && $0.port == nil }) { return [] }
        return (patterns.contains { $0.prefix != nil } ? [address] : [])
            + (patterns.contains { $0.port != nil } ? [port] : [])
    }

    private static func choice(_ column: String, _ values: [Cell]) -> SQLCondition? {
        values.isEmpty ? nil : membership(column, values)
    }

    private static func membership(_ column: String, _ values: [Cell]) -> SQLCondition {
        guard values.count != 1 else {
            return SQLCondition(text: "\(column) = ?", arguments: values)
        }
        let marks = Array(repeating: "?", count: values.count).joined(separator: ", ")
        return SQLCondition(text: "\(column) IN (\(marks))", arguments: values)
    }

    /// One pattern is enough; a pattern that wants every end makes the others needless.
    private static func condition(
        _ patterns: [EndpointPattern], address: String, port: String
    ) -> SQLCondition? {
        let conditions = patterns.map { pattern in
            [
                pattern.prefix.map { prefix($0, address) },
                pattern.port.map { membership(port, [.integer(Int64($0))]) },
            ].compactMap { $0 }
        }
        if conditions.contains(where: \.isEmpty) { return nil }
        return .any(
            conditions.map { parts in
                let both = SQLCondition.every(parts)
                return parts.count == 1 || conditions.count == 1
                    ? both : SQLCondition(text: "(\(both.text))", arguments: both.arguments)
            })
    }

    private static func prefix(_ prefix: AddressPrefix, _ column: String) -> SQLCondition {
        let address = Cell.text(prefix.address.description)
        guard !prefix.isSingle else { return membership(column, [address]) }
        return SQLCondition(
            text: "\(prefixFunction)(\(column), ?, ?)",
            arguments: [address, .integer(Int64(prefix.length))])
    }

    /// A name is compared as the kernel keeps it, cut to 15 octets.
    private static func process(_ name: String, _ column: String) -> SQLCondition {
        guard name.contains("*") else {
            var kept = name.unicodeScalars
            while String(kept).utf8.count > commLength { kept.removeLast() }
            return membership(column, [.text(String(kept))])
        }
        let pattern = name.unicodeScalars.reduce(into: "") { text, scalar in
            text += scalar == "[" || scalar == "?" ? "[\(scalar)]" : String(scalar)
        }
        return SQLCondition(text: "\(column) GLOB ?", arguments: [.text(pattern)])
    }
}
