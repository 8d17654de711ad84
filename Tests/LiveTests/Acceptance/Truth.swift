/// A stretch of time, µs.
typealias Span = ClosedRange<Int64>

/// What the truth generator wrote about one connection or attempt.
struct Truth {
    /// How late after a call its effect can come: deferred soft interrupts, µs.
    static let softInterrupt: Int64 = 5000

    let name: String
    let family: String
    let client: String
    let server: String
    let clientPid: Int64
    let serverPid: Int64
    /// client, server or both; empty when nobody closed.
    let closer: String
    let connected: Span?
    let accepted: Span?
    let firstClose: Span?
    let secondClose: Span?
    let ended: Span?
    let code: Int
    /// Payload octets; nil where the truth is not known.
    let clientSent: Int?
    let serverSent: Int?
    /// When something ended the first closer's TIME_WAIT early.
    let cut: Span?

    /// From its first call to its last.
    var whole: Span {
        let spans = [connected, accepted, firstClose, secondClose, ended, cut].compactMap(\.self)
        let first = spans.map(\.lowerBound).min() ?? 0
        return first...max(first, spans.map(\.upperBound).max() ?? 0)
    }

    /// Reads the generator's CSV.
    static func parse(_ text: String) throws -> [Truth] {
        try text.split(separator: "\n").dropFirst().map { line in
            let cells = line.split(separator: ",", omittingEmptySubsequences: false)
            guard cells.count == 24 else { throw BenchError("not a row of truth: \(line)") }
            return Truth(cells.map(String.init))
        }
    }

    private init(_ cells: [String]) {
        func span(_ column: Int) -> Span? {
            guard let before = Int64(cells[column]), let after = Int64(cells[column + 1]) else {
                return nil
            }
            return before...after + Self.softInterrupt
        }
        name = cells[0]
        family = cells[1]
        client = "\(cells[2]) \(cells[3])"
        server = "\(cells[4]) \(cells[5])"
        clientPid = Int64(cells[6]) ?? 0
        serverPid = Int64(cells[7]) ?? 0
        closer = cells[8]
        connected = span(9)
        accepted = span(11)
        firstClose = span(13)
        secondClose = span(15)
        ended = span(17)
        code = Int(cells[19]) ?? 0
        clientSent = Int(cells[20])
        serverSent = Int(cells[21])
        cut = span(22)
    }
}

/// One end of a connection whose truth is known.
struct TruthEnd {
    let truth: Truth
    let isClient: Bool
    /// When the 4-tuple was opened again; nil if it was not. A TIME_WAIT that lasts until then ends
    /// by that.
    var reopened: Span?

    /// Local address and port, peer address and port.
    var tuple: String {
        isClient ? "\(truth.client) \(truth.server)" : "\(truth.server) \(truth.client)"
    }
    /// Whether an act of this end's own process tells whose it is. An end that was accepted and then
    /// reset did none that the kernel tells of.
    var isNamed: Bool {
        let resets = [
            "client_reset", "server_reset", "client_unread", "server_unread", "reconnect_first",
            "unaccepted", "queued", "rapid_reset", "stalled",
        ]
        return isClient || !resets.contains(truth.name)
    }
    var pid: Int64 { isClient ? truth.clientPid : truth.serverPid }
    var role: String { isClient ? "client" : "server" }
    /// Whether this end closed first.
    var closedFirst: Bool { truth.closer == role }
    /// What a test says of it when it fails.
    var label: String { "\(truth.name), \(truth.family), \(role) end, \(tuple)" }

    /// When it became ESTABLISHED: the server's end by the time it was accepted at the latest.
    var opened: Span? {
        guard let connected = truth.connected, Attempt.kinds[truth.name] == nil else { return nil }
        return isClient
            ? connected
            : connected
                .lowerBound...max(
                    connected.upperBound, truth.accepted?.upperBound ?? connected.upperBound)
    }

    /// From the first call that closes it to when the last one has had its effect, with a delayed
    /// acknowledgement; nil of one that did not end.
    var closing: Span? {
        guard let last = truth.ended else { return nil }
        return (truth.firstClose ?? last).lowerBound...last.upperBound
            + Ending.delayedAcknowledgement
    }

    /// Shortest and longest lifetime of the full socket that its calls allow, s; of those that both
    /// ends closed at once.
    var lifetime: ClosedRange<Double>? {
        guard let opened = truth.connected, let first = truth.firstClose, let last = truth.ended
        else { return nil }
        let begin = opened.lowerBound...opened.upperBound - Truth.softInterrupt
        let isReset = truth.name == "rapid_reset"
        let closing = isReset || closedFirst ? first : truth.secondClose ?? last
        let end = closing.lowerBound...last.upperBound - Truth.softInterrupt
        return Double(end.lowerBound - begin.upperBound) / 1e6...Double(
            end.upperBound - begin.lowerBound) / 1e6
    }

    /// Whether its TIME_WAIT may have been over, because its 4-tuple was opened again, before a
    /// sample saw it; µs.
    func isBrief(_ interval: Int64) -> Bool {
        guard let reopened, let last = truth.ended else { return false }
        return reopened.lowerBound - last.lowerBound < interval
    }

    /// Whether ss showed it in TIME_WAIT. A late segment of the peer can end one at once (RFC 1337):
    /// that the end which closed first waits is what the kernel shows, not what must be.
    func waits(in table: Set<String>) -> Bool { table.contains("TIME-WAIT \(tuple)") }

    /// Both ends of each, in the order of their beginnings.
    static func all(of truths: [Truth]) -> [TruthEnd] {
        var reopened: [String: Span] = [:]
        var ends: [TruthEnd] = []
        let ordered = truths.sorted {
            ($0.connected?.lowerBound ?? 0) < ($1.connected?.lowerBound ?? 0)
        }
        for truth in ordered.reversed() {
            for isClient in [false, true] {
                var end = TruthEnd(truth: truth, isClient: isClient)
                end.reopened = reopened.updateValue(truth.connected ?? 0...0, forKey: end.tuple)
                ends.append(end)
            }
        }
        return ends.reversed()
    }
}
