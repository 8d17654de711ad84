/// What dumps must say, and what they may leave unknown, of one way to end.
struct Ending {
    /// The states in their order; those in `passing` may be missed, they last microseconds.
    var states: [String]
    var passing: Set<String> = []
    /// When the full socket ended.
    var closed: Span
    /// When TIME_WAIT was entered, nil if it never was.
    var entered: Span?
    var closedBy: Set<String>
    var closeKinds: Set<String>
    /// How a TIME_WAIT ended within the recording.
    var endedBy = "open"

    /// The acknowledgement of a FIN may be delayed by as much, µs (include/net/tcp.h:
    /// TCP_DELACK_MAX).
    static let delayedAcknowledgement: Int64 = 200_000

    /// What is left when nothing needs to stay unknown: events tell whether a reset was sent.
    var told: Ending {
        var told = self
        // Nobody closes a connection that times out.
        if !closeKinds.contains("timeout") { told.closedBy.remove("unknown") }
        told.closeKinds.remove("unknown")
        if told.closeKinds.contains("reset") { told.closeKinds.remove("aborted") }
        return told
    }

    /// What is true of an end; nil of a refused attempt, which never opened.
    init?(_ end: TruthEnd) {
        let truth = end.truth
        guard let last = truth.ended else { return nil }
        let first = truth.firstClose ?? last
        let acknowledged = first.lowerBound...first.upperBound + Self.delayedAcknowledgement
        let isFirst = end.closedFirst
        self.init(
            states: ["ESTAB"], closed: last, closedBy: ["unknown", isFirst ? "local" : "peer"],
            closeKinds: ["unknown", "fin"])
        switch truth.name {
        case "client_first", "server_first":
            isFirst ? orphan(acknowledged, last) : linger()
        case "client_half_close", "server_half_close":
            isFirst ? wait(last) : linger()
        case "client_abandoned", "server_abandoned":
            isFirst ? orphan(acknowledged, nil) : linger()
            closeKinds.insert(isFirst ? "fin" : "reset")
        case "client_reset", "server_reset", "unaccepted", "reconnect_first", "client_unread",
            "server_unread", "queued", "rapid_reset":
            closeKinds = ["unknown", "reset", isFirst ? "aborted" : "reset"]
        case "stalled", "cut_off":
            closed = isFirst ? first : last
            closedBy = isFirst ? ["unknown", "local"] : ["local", "peer"]
            closeKinds = [isFirst ? "timeout" : "reset"]
        case "no_room":
            isFirst ? quick(acknowledged, acknowledged) : pass(last)
            if !isFirst { closeKinds.insert("reset") }
            endedBy = "no_room"
        case "together":
            cross(last, isClient: end.isClient)
        default:
            isFirst ? quick(first.lowerBound...last.upperBound, last) : pass(last)
        }
        if truth.cut != nil { endedBy = "cut_short" }
        if end.reopened != nil { endedBy = "reused" }
    }

    private init(
        states: [String], closed: Span, closedBy: Set<String>, closeKinds: Set<String>
    ) {
        self.states = states
        self.closed = closed
        self.closedBy = closedBy
        self.closeKinds = closeKinds
    }

    /// The application let go: a mini-socket waits for the peer's FIN, which may never come.
    private mutating func orphan(_ closed: Span, _ entered: Span?) {
        wait(entered)
        self.closed = closed
    }

    /// FIN_WAIT2 until the peer's FIN.
    private mutating func wait(_ entered: Span?) {
        states = ["ESTAB", "FIN-WAIT-1", "FIN-WAIT-2"] + (entered == nil ? [] : ["TIME-WAIT"])
        passing = ["FIN-WAIT-1"]
        self.entered = entered
        closedBy = ["local"]
        closeKinds = ["fin"]
    }

    /// The peer closed first and this end some time later.
    private mutating func linger() {
        states = ["ESTAB", "CLOSE-WAIT", "LAST-ACK"]
        passing = ["LAST-ACK"]
        closedBy = ["peer"]
    }

    /// Both ends closed before either's FIN arrived; the client got the other's first.
    private mutating func cross(_ entered: Span, isClient: Bool) {
        states = ["ESTAB", "FIN-WAIT-1", isClient ? "CLOSING" : "FIN-WAIT-2", "TIME-WAIT"]
        self.entered = entered
        closedBy = isClient ? ["both"] : ["both", "local"]
        closeKinds = ["fin"]
    }

    /// This end closed first and the other at once.
    private mutating func quick(_ closed: Span, _ entered: Span) {
        wait(entered)
        passing = ["FIN-WAIT-1", "FIN-WAIT-2"]
        self.closed = closed
    }

    /// The other end closed first and this one at once.
    private mutating func pass(_ closed: Span) {
        linger()
        passing = ["CLOSE-WAIT", "LAST-ACK"]
        closedBy = ["peer", "unknown"]
        self.closed = closed
    }
}
