import Model
import Store

/// How long each connection that this host opened held its local port, as far as known, from
/// connect(2) to the end of TIME-WAIT. The one place that says so, for all who count ports.
struct PortStays: Sendable {
    /// A port while one connection held it, in µs since the range began.
    struct Stay {
        var port: Int64
        var from: Int64
        /// nil: beyond the range.
        var until: Int64?
        /// When its TIME-WAIT began, where it had one.
        var waitsFrom: Int64?
        /// What held it at the end of the range, where it was held: TIME-WAIT, or a close.
        var isWaiting = false
        var isClosing = false
    }

    /// What rows of `span` tell of steps of a close.
    private struct Closing {
        /// When FIN-WAIT-2, which may outlast the full socket, ended.
        var ends: [Int64: Int64] = [:]
        /// Connections that were closing at the end of the range.
        var there: Set<Int64> = []
    }

    let presence: Presence
    let sides: ClientSides
    private let sets: PortSets
    private var closing = Closing()

    private static let states: [TCPState] = [.finWait1, .finWait2, .closeWait, .lastAck, .closing]

    /// What is needed of a recording, for each part of a range.
    static func each(
        _ session: Session, _ scope: Scope, _ parts: [AxisRange]
    ) throws -> [PortStays] {
        let sides = try ClientSides(session)
        var all = try parts.map { range in
            var part = scope
            part.range = range
            return PortStays(
                presence: try Presence(session, range), sides: sides,
                sets: try PortSets(session, part))
        }
        try SpannedStays.each(session, in: states) { stay in
            for part in all.indices { all[part].note(stay) }
        }
        return all
    }

    private init(presence: Presence, sides: ClientSides, sets: PortSets) {
        self.presence = presence
        self.sides = sides
        self.sets = sets
    }

    private mutating func note(_ stay: SpannedStays.Stay) {
        guard let latest = stay.entered.latest else { return }
        let began = stay.entered.point ?? latest
        let finish = presence.finish(stay.left, began: began)
        let id = stay.connection.id
        if stay.state == .finWait2 {
            closing.ends[id] = max(closing.ends[id] ?? finish, finish)
        }
        if began <= presence.range.until, finish > presence.range.until {
            closing.there.insert(id)
        }
    }

    /// How many ports there are at a place; nil where that is not known.
    func available(_ place: ClientSides.Place) -> Int64? { sets.count(netns: place.netns) }

    /// How long its port was held, within the range; nil where it was not, or is none of those
    /// that there are.
    func stay(_ connection: ScannedConnection, at place: ClientSides.Place) -> Stay? {
        let waits =
            connection.timeWaitEnd != nil && connection.timeWaitEnd != .noRoom
            && connection.timeWaitEntered.latest != nil
        let entered = waits ? connection.timeWaitEntered : .unknown
        guard connection.localPort > 0, sets.holds(connection.localPort, netns: place.netns),
            let began = began(connection, entered)
        else { return nil }
        var finish = presence.finish(
            waits ? connection.timeWaitLeft : connection.closed, began: began)
        if !waits, connection.hasSpans, let end = closing.ends[connection.id] {
            finish = max(finish, end)
        }
        guard presence.holds(began: began, finish: finish) else { return nil }
        let (since, until) = (presence.range.since, presence.range.until)
        var stay = Stay(port: connection.localPort, from: max(began, since) - since)
        stay.waitsFrom = entered.latest.map { max(entered.point ?? $0, since) - since }
        guard finish > until else {
            stay.until = finish - since
            return stay
        }
        stay.isWaiting = entered.latest.map { (entered.point ?? $0) <= until } ?? false
        stay.isClosing =
            !stay.isWaiting
            && (connection.closing.map { $0.began <= until }
                ?? closing.there.contains(connection.id))
        return stay
    }

    /// When its port was taken, as far as known.
    private func began(_ connection: ScannedConnection, _ entered: Bounds) -> Int64? {
        connection.attempted.point ?? connection.attempted.latest ?? connection.opened.point
            ?? connection.opened.latest ?? entered.point ?? entered.latest
    }

    /// When an attempt that never left this host failed; nil outside of the range.
    func failure(_ connection: ScannedConnection) -> Int64? {
        guard connection.closeKind == .notSent,
            let moment = connection.closed.point ?? connection.closed.latest,
            presence.range.since <= moment, moment <= presence.range.until
        else { return nil }
        return moment
    }
}
