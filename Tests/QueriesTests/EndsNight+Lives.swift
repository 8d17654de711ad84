import Model
import Store

/// What a connection of `EndsNight` was, times in seconds since the start.
private struct Life {
    var process: Int64
    var local: UInt16
    /// The last octet of the peer's address, and its port.
    var peer: UInt32
    var peerPort: UInt16
    var role = Role.client
    var attempted: Double?
    var opened: Double?
    var closed: Double?
    var by = Closer.unknown
    var kind = CloseKind.unknown
    /// When ESTAB was left and the next state entered.
    var closing: (Double, Double)?
    var waited: (Double, Double, TimeWaitEnd)?
    /// Stays that rows of their own tell; no end: it lasts.
    var stays: [(TCPState, Double, Double?)] = []
    var state = TCPState.established

    func record(_ id: Int64) -> ConnectionRecord {
        // 203.0.113.0/24 are servers, 198.51.100.0/24 clients.
        let net: UInt32 = role == .client ? 0xcb00_7100 : 0xc633_6400
        var record = ConnectionRecord(
            id: id, netns: 1,
            tuple: FourTuple(
                local: Endpoint(IPAddress(ipv4: 0xc000_020a), local),
                peer: Endpoint(IPAddress(ipv4: net + peer), peerPort)),
            cookie: UInt64(id), state: state)
        record.role = role
        record.process = process
        if let attempted { record.attempted = Bounds(exactly: EndsNight.at(attempted)) }
        if let opened { record.opened = Bounds(exactly: EndsNight.at(opened)) }
        if let closed { record.closed = Bounds(exactly: EndsNight.at(closed)) }
        record.closedBy = by
        record.closeKind = kind
        record.closing = closing.map {
            ClosingSteps(began: EndsNight.at($0.0), half: EndsNight.at($0.1))
        }
        if let waited {
            var wait = TimeWaitRecord(
                entered: Bounds(exactly: EndsNight.at(waited.0)), firstSample: nil)
            wait.left = Bounds(exactly: EndsNight.at(waited.1))
            wait.endedBy = waited.2
            record.timeWait = wait
            record.state = .timeWait
        }
        record.spans = stays.map { state, entered, left in
            var span = SpanRecord(
                state: state, entered: Bounds(exactly: EndsNight.at(entered)), firstSample: nil)
            if let left { span.left = Bounds(exactly: EndsNight.at(left)) }
            return span
        }
        if closed == nil { record.firstSample = 41 }
        return record
    }
}

extension EndsNight {
    /// Every connection, as the last sample finds it.
    static var lives: [Change] {
        (api + web + batch + growing).enumerated().map { index, life in
            let record = life.record(Int64(index) + 1)
            return life.closed == nil ? .alive(record) : .ended(record)
        } + [
            .ended(bounded(id: 90)), .ended(vague(id: 91, port: 50_011)),
            .ended(vague(id: 92, port: 50_012)), .ended(vague(id: 93, port: 50_013)),
        ]
    }

    /// A client of 203.0.113.5:443.
    private static var api: [Life] {
        func life(_ port: UInt16, _ attempted: Double) -> Life {
            Life(process: 1, local: port, peer: 5, peerPort: 443, attempted: attempted)
        }
        var first = life(40_000, 30)
        (first.opened, first.closed, first.by, first.kind) = (30.1, 600, .local, .fin)
        first.closing = (599.9, 599.95)
        first.waited = (600, 640.0005, .reused)
        var second = life(40_001, 60)
        (second.opened, second.closed, second.by, second.kind) = (60.2, 900, .peer, .fin)
        var third = life(40_002, 120)
        third.opened = 123.3
        var refused = life(40_004, 630)
        (refused.closed, refused.by, refused.kind) = (630.01, .peer, .refused)
        refused.state = .synSent
        var again = life(40_000, 640)
        (again.opened, again.closed, again.by, again.kind) = (640.1, 700, .local, .fin)
        again.waited = (700, 760.3, .expired)
        // Out of the range, and reserved: bound by their program.
        var outside = life(41_000, 10)
        outside.opened = 10.1
        var reserved = life(40_003, 10)
        reserved.opened = 10.1
        var leaked = life(40_005, 1200)
        (leaked.opened, leaked.by, leaked.state) = (1200.1, .peer, .closeWait)
        leaked.stays = [(.established, 1200.1, 1260), (.closeWait, 1260, nil)]
        let unsent = [1500.0, 1501].map { moment in
            var unsent = life(0, moment)
            (unsent.closed, unsent.by, unsent.kind) = (moment + 0.00001, .local, .notSent)
            unsent.state = .synSent
            return unsent
        }
        return [first, second, third, refused, again, outside, reserved, leaked] + unsent
    }

    /// A server of port 80; `vague` are its other three.
    private static var web: [Life] {
        func life(_ peer: UInt32, _ port: UInt16, _ opened: Double, _ waited: Double) -> Life {
            Life(
                process: 2, local: 80, peer: peer, peerPort: port, role: .server,
                attempted: opened - waited, opened: opened)
        }
        var mini = life(2, 50_002, 300, 0.05)
        (mini.closed, mini.by, mini.kind, mini.state) = (400.1, .local, .fin, .finWait2)
        mini.stays = [
            (.established, 300, 400), (.finWait1, 400, 400.1), (.finWait2, 400.1, 460.1),
        ]
        var stuck = life(3, 50_003, 1900, 0.1)
        (stuck.by, stuck.state) = (.local, .finWait1)
        stuck.stays = [(.established, 1900, 2000), (.finWait1, 2000, nil)]
        var both = life(4, 50_004, 500, 0.1)
        (both.closed, both.by, both.kind) = (510, .both, .fin)
        both.waited = (510, 520, .cutShort)
        var unseen = life(4, 50_005, 520, 0.1)
        unseen.closed = 570
        var reused = life(4, 50_006, 600, 0.1)
        (reused.closed, reused.by, reused.kind) = (605, .local, .fin)
        reused.waited = (605, 610, .reused)
        return [mini, stuck, both, unseen, reused]
    }

    /// A client of several.
    private static var batch: [Life] {
        func life(_ port: UInt16, _ peer: UInt32, _ peerPort: UInt16, _ attempted: Double) -> Life {
            Life(process: 3, local: port, peer: peer, peerPort: peerPort, attempted: attempted)
        }
        var mini = life(40_000, 8, 80, 300)
        (mini.opened, mini.closed, mini.by, mini.kind) = (300.01, 310.1, .local, .fin)
        mini.state = .finWait2
        mini.stays = [
            (.established, 300.01, 310), (.finWait1, 310, 310.1), (.finWait2, 310.1, 370.1),
        ]
        let failures: [(Double, Double, CloseKind)] = [
            (1000, 1127.5, .connectTimeout), (1300, 1303, .unreachable), (1400, 1405, .aborted),
        ]
        let failed = failures.map { attempted, closed, kind in
            var failed = life(40_019, 9, 9000, attempted)
            (failed.closed, failed.kind, failed.state) = (closed, kind, .synSent)
            return failed
        }
        var waiting = life(40_009, 9, 9000, 2390)
        waiting.state = .synSent
        waiting.stays = [(.synSent, 2390, nil)]
        return [mini, waiting] + failed
    }

    /// One more each 75 s toward 203.0.113.6:443, from 1810 s on.
    private static var growing: [Life] {
        (0..<8).map { index in
            let moment = 1810 + 75 * Double(index)
            return Life(
                process: 3, local: 40_010 + UInt16(index), peer: 6, peerPort: 443,
                attempted: moment, opened: moment + 0.1)
        }
    }

    /// Closed by its peer: in CLOSE-WAIT from 1060–1120 s to 1180–1240 s, by dumps.
    private static func bounded(id: Int64) -> ConnectionRecord {
        var life = Life(process: 3, local: 40_018, peer: 7, peerPort: 25, attempted: 999.9)
        (life.opened, life.by, life.kind) = (1000, .peer, .reset)
        var record = life.record(id)
        record.closed = Bounds(earliest: at(1180), latest: at(1240))
        var open = SpanRecord(
            state: .established, entered: Bounds(exactly: at(1000)), firstSample: nil)
        open.left = Bounds(earliest: at(1060), latest: at(1120))
        var left = SpanRecord(state: .closeWait, entered: open.left, firstSample: nil)
        left.left = record.closed
        record.spans = [open, left]
        return record
    }

    /// Served from 100 s on, and closed by the peer at 200, 201 and 202 s: the first was in
    /// CLOSE-WAIT for 0.5 s and in LAST-ACK for 0.1 s, the second for 2 and 0.25 s, the third for 4
    /// and 0.1 s. Its SYN came at any time since the sample before.
    private static func vague(id: Int64, port: UInt16) -> ConnectionRecord {
        let steps = [(200, 200.5, 200.6), (201, 203, 203.25), (202, 206, 206.1)][Int(id) - 91]
        var life = Life(process: 2, local: 80, peer: 1, peerPort: port, role: .server)
        (life.opened, life.closed, life.by, life.kind) = (100, steps.2, .peer, .fin)
        life.closing = (Double(steps.0), steps.1)
        var record = life.record(id)
        record.attempted = Bounds(earliest: at(40), latest: at(100))
        return record
    }
}
