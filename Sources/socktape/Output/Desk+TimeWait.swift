import Model
import Queries
import Rendering

extension Desk {
    /// Says which TIME-WAITs ended before their time, and why.
    func tellEarlyEnds(_ scope: Scope) throws {
        guard page.isForPeople else { return }
        let early = try EarlyTimeWaits(session, scope)
        var parts: [String] = []
        if early.reusedHere > 0 {
            parts.append(
                "\(HumanText.number(early.reusedHere)) reused by connections of this host "
                    + "(tcp_tw_reuse)")
        }
        if early.reusedByPeer > 0 {
            parts.append(
                "\(HumanText.number(early.reusedByPeer)) reused by a peer's new connection")
        }
        if early.cutShort > 0 {
            parts.append("\(HumanText.number(early.cutShort)) cut short, by a reset mostly")
        }
        if !parts.isEmpty { try note("ended early: " + parts.joined(separator: ", ")) }
    }

    /// Says how near TIME_WAIT's table came to its limit, and whether this host may reuse.
    func tellRoom(_ scope: Scope) throws {
        guard page.isForPeople else { return }
        let rows = try session.all(TimeWaitRoomQuery(scope).question)
        let isApart = rows.count > 1
        for row in rows.prefix(3) {
            guard let most = row[0].integer else { continue }
            let place = isApart ? row[4].text.map { " in \($0)" } ?? "" : ""
            let at = row[1].integer.map { ", at " + text($0) } ?? ""
            var sentence = "most at once\(place): " + HumanText.number(most)
            if let limit = row[2].integer, limit > 0 {
                sentence +=
                    " of \(HumanText.number(limit)) (tcp_max_tw_buckets), "
                    + HumanText.ratio(Double(most) / Double(limit))
            }
            sentence += at
            if let reuse = row[3].integer { sentence += "; " + Self.sentence(ofReuse: reuse) }
            try note(sentence)
        }
    }

    private static func sentence(ofReuse value: Int64) -> String {
        switch value {
        case 0: "tcp_tw_reuse is 0: connections of this host never reuse one"
        case 1: "tcp_tw_reuse is 1: connections of this host may reuse one after a second"
        case 2: "tcp_tw_reuse is 2: connections of this host may reuse one on loopback alone"
        default: "tcp_tw_reuse is \(value)"
        }
    }
}
