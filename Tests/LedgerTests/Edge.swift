import Ledger
import Model

/// One change of a life: when it truly happened, and what was recorded of it.
struct Edge {
    var name: String
    /// The state whose own event tells this edge.
    var state: TCPState?
    var truth: Int64
    /// How much earlier it may be told: a mini-socket's timer is armed right before its →CLOSE.
    var slack: Int64 = 0
    var bounds: Bounds
    /// Whether undisturbed events tell it to the microsecond.
    var isTellable = true

    var isTrue: Bool {
        bounds.earliest ?? .min <= truth && truth - slack <= bounds.latest ?? .max
    }

    /// Whether two looks around the change say more.
    func isWider(than looks: [Observer.Look]) -> Bool {
        let before = looks.filter { $0.moment < truth - slack }.map(\.window.earliest).max()
        let after = looks.filter { $0.moment >= truth }.map(\.window.latest).min()
        if let before, bounds.earliest ?? .min < before { return true }
        if let after, bounds.latest ?? .max > after { return true }
        return false
    }

    /// Every edge of the life that the record knows.
    static func all(_ truth: TrueLife, _ record: ConnectionRecord) -> [Edge] {
        var edges = [
            Edge(
                name: "attempted", state: truth.isServer ? nil : .synSent, truth: truth.attempted,
                bounds: record.attempted, isTellable: !truth.isServer)
        ]
        if let opened = truth.opened, record.opened != .unknown {
            edges.append(
                Edge(name: "opened", state: .established, truth: opened, bounds: record.opened))
        }
        if record.closed.latest != nil {
            edges.append(
                Edge(
                    name: "closed", state: .close, truth: truth.closed,
                    slack: truth.hasMini ? TrueLife.birth : 0, bounds: record.closed))
        }
        return edges + steps(truth, record) + spans(truth, record) + waiting(truth, record)
    }

    private static func steps(_ truth: TrueLife, _ record: ConnectionRecord) -> [Edge] {
        guard let closing = record.closing else { return [] }
        let isLocal = record.closedBy == .local
        let names: [(TCPState, Int64)] = [
            (isLocal ? .finWait1 : .closeWait, closing.began),
            (isLocal ? .finWait2 : .lastAck, closing.half),
        ]
        return names.map { state, moment in
            Edge(
                name: "the step \(state.name)", state: nil, truth: truth.entered(state) ?? .min,
                bounds: Bounds(exactly: moment))
        }
    }

    private static func spans(_ truth: TrueLife, _ record: ConnectionRecord) -> [Edge] {
        record.spans.flatMap { span -> [Edge] in
            guard let stay = truth.states.first(where: { $0.state == span.state }) else {
                return []
            }
            var edges: [Edge] = []
            if span.entered != .unknown {
                let isAttempt = span.state == .synSent || span.state == .synReceived
                edges.append(
                    Edge(
                        name: "entered \(span.state.name)", state: isAttempt ? nil : span.state,
                        truth: stay.entered, bounds: span.entered,
                        isTellable: span.state != .synReceived))
            }
            if span.left.latest != nil {
                // An orphan's silent step into TIME_WAIT is known to a jiffy.
                edges.append(
                    Edge(
                        name: "left \(span.state.name)", state: nil, truth: stay.left,
                        slack: TrueLife.birth, bounds: span.left,
                        isTellable: span.state != .finWait2))
            }
            return edges
        }
    }

    private static func waiting(_ truth: TrueLife, _ record: ConnectionRecord) -> [Edge] {
        guard let waiting = record.timeWait else { return [] }
        if truth.timeWaitEnd == .noRoom {
            return [
                Edge(name: "entered TIME_WAIT", truth: truth.gone, bounds: waiting.entered),
                Edge(name: "left TIME_WAIT", truth: truth.gone, bounds: waiting.left),
            ]
        }
        guard let first = truth.timeWaitEntries.first else { return [] }
        let isDirect = truth.stays.first(where: \.mini)?.state == .timeWait
        var edges: [Edge] = []
        // The first entry is known unless a restart came before the first evidence.
        let entered =
            truth.timeWaitEntries.first { waiting.entered.contains($0) } ?? first
        edges.append(
            Edge(
                name: "entered TIME_WAIT", truth: entered, slack: isDirect ? TrueLife.birth : 0,
                bounds: waiting.entered, isTellable: isDirect))
        if waiting.left.latest != nil {
            edges.append(Edge(name: "left TIME_WAIT", truth: truth.gone, bounds: waiting.left))
        }
        return edges
    }
}
