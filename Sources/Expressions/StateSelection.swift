package import Model

/// Which TCP states are wanted, in the words of ss(8): names, aliases and groups in any letter
/// case, `-`, `_` or nothing between words, commas between names.
package struct StateSelection: Hashable, Sendable {
    /// The wanted states in the kernel's order, without repetition.
    package let states: [TCPState]

    /// Every state that a recording can name, in the kernel's order.
    package static let all: [TCPState] = (1...11).map { TCPState(rawValue: $0) }

    /// The states named by all these words together.
    package init(_ words: [String]) throws(ExpressionError) {
        var wanted: Set<TCPState> = []
        for word in words {
            for name in word.split(separator: ",", omittingEmptySubsequences: false) {
                wanted.formUnion(try Self.states(named: name))
            }
        }
        states = Self.all.filter { wanted.contains($0) }
    }

    /// Whether every state is wanted.
    package var isEverything: Bool { states.count == Self.all.count }

    private static func states(named name: Substring) throws(ExpressionError) -> [TCPState] {
        let key = name.lowercased().filter { $0 != "-" && $0 != "_" && $0 != " " }
        if let states = groups[key] { return states }
        if let state = aliases[key] { return [state] }
        throw ExpressionError(
            cannotRead: "state", name, because: "it is not a state",
            try: "established, syn-sent, syn-recv, fin-wait-1, fin-wait-2, time-wait, closed, "
                + "close-wait, last-ack, listening, closing, all, connected, synchronized, "
                + "bucket or big")
    }

    private static let aliases: [String: TCPState] = [
        "estab": .established, "established": .established,
        "synsent": .synSent,
        "synrecv": .synReceived, "synrcv": .synReceived, "synreceived": .synReceived,
        "finwait1": .finWait1, "finwait2": .finWait2,
        "timewait": .timeWait,
        "unconn": .close, "unconnected": .close, "close": .close, "closed": .close,
        "closewait": .closeWait, "lastack": .lastAck,
        "listen": .listen, "listening": .listen,
        "closing": .closing,
    ]

    /// The groups of ss(8), "STATE-FILTER".
    private static let groups: [String: [TCPState]] = [
        "all": all,
        "connected": all.filter { $0 != .listen && $0 != .close },
        "synchronized": all.filter { $0 != .listen && $0 != .close && $0 != .synSent },
        "bucket": [.synReceived, .timeWait],
        "big": all.filter { $0 != .synReceived && $0 != .timeWait },
    ]
}
