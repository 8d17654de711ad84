import Model
import Store

extension TravelNight {
    /// What changed with the sample of this second.
    func lives(_ second: Int) -> [Change] {
        let ends: [Int: [ConnectionRecord]] = [
            80: [first], 210: [again], 320: [third], 380: [shared], 410: [refused],
            490: [answered], 550: [unanswered, asked], 570: [brief],
        ]
        let begins: [Int: [ConnectionRecord]] = [
            0: [whole], 10: [leaking], 510: [stuck], 570: [newer],
        ]
        let owners =
            second == 340
            ? [Change.owner(owner(of: 6, process: 2, from: 340, until: 360))] : []
        return (begins[second] ?? []).map { .alive($0) } + owners
            + (ends[second] ?? []).map { .ended($0) }
    }

    private func owner(
        of connection: Int64, process: Int64, from: Double, until: Double
    ) -> OwnerRecord {
        var owner = OwnerRecord(
            connection: connection, process: process, fromMicroseconds: Self.at(from))
        owner.untilMicroseconds = Self.at(until)
        return owner
    }

    // MARK: Makings

    private static func address(_ text: String) -> IPAddress {
        IPAddress(text) ?? IPAddress(ipv4: 0)
    }

    private func life(
        _ id: Int64, port: UInt16, peer: String, _ peerPort: UInt16, process: Int64, role: Role,
        local: String = "192.0.2.10"
    ) -> ConnectionRecord {
        var record = ConnectionRecord(
            id: id, netns: 1,
            tuple: FourTuple(
                local: Endpoint(Self.address(local), port),
                peer: Endpoint(Self.address(peer), peerPort)),
            cookie: UInt64(id) + 100, state: .established)
        record.role = role
        record.process = process
        record.uid = 1000
        return record
    }

    /// A whole life with exact ends.
    private func lived(
        _ record: ConnectionRecord, _ opened: Double, _ closed: Double, by: Closer,
        samples: (Int, Int)?, attempted: Double? = nil, kind: CloseKind = .fin
    ) -> ConnectionRecord {
        var record = record
        record.attempted = Bounds(exactly: Self.at(attempted ?? opened - 0.001))
        record.opened = Bounds(exactly: Self.at(opened))
        record.closed = Bounds(exactly: Self.at(closed))
        record.closedBy = by
        record.closeKind = kind
        record.firstSample = samples.flatMap { Self.sample($0.0) }
        record.lastSample = samples.flatMap { Self.sample($0.1) }
        return record
    }

    private func waiting(
        _ record: ConnectionRecord, from entered: Bounds, until left: Bounds, shown: (Int, Int),
        _ end: TimeWaitEnd, restarts: Int64 = 0
    ) -> ConnectionRecord {
        var record = record
        var wait = TimeWaitRecord(entered: entered, firstSample: Self.sample(shown.0))
        wait.left = left
        wait.endedBy = end
        wait.restarts = restarts
        record.state = .timeWait
        record.timeWait = wait
        record.firstSample = record.firstSample ?? wait.firstSample
        record.lastSample = Self.sample(shown.1)
        return record
    }

    private static func exactly(_ seconds: Double) -> Bounds { Bounds(exactly: at(seconds)) }

    private static func between(_ first: Double, _ last: Double) -> Bounds {
        Bounds(earliest: at(first), latest: at(last))
    }

    private func span(
        _ state: TCPState, _ entered: Double, _ left: Double?, shown: (Int, Int?)
    ) -> SpanRecord {
        var span = SpanRecord(
            state: state, entered: Self.exactly(entered), firstSample: Self.sample(shown.0))
        span.left = left.map(Self.exactly) ?? .unknown
        span.lastSample = shown.1.flatMap { Self.sample($0) }
        return span
    }

    // MARK: Lives

    private var whole: ConnectionRecord {
        var record = life(1, port: 80, peer: "198.51.100.1", 40_001, process: 1, role: .server)
        record.opened = Bounds(earliest: nil, latest: Self.start)
        record.firstSample = 1
        return record
    }

    private var leaking: ConnectionRecord {
        var record = life(2, port: 50_000, peer: "203.0.113.9", 8080, process: 4, role: .client)
        record.attempted = Self.exactly(4.9)
        record.opened = Self.exactly(5)
        record.state = .closeWait
        record.closedBy = .peer
        record.firstSample = Self.sample(10)
        record.spans = [
            span(.established, 5, 95, shown: (10, 90)),
            span(.closeWait, 95, nil, shown: (100, nil)),
        ]
        record.receiveQueuePeak = 4096
        return record
    }

    private func pooled(_ id: Int64) -> ConnectionRecord {
        life(id, port: 45_000, peer: "203.0.113.5", 5432, process: 3, role: .client)
    }

    private var first: ConnectionRecord {
        var record = waiting(
            lived(pooled(3), 20, 49.5, by: .local, samples: (30, 40)), from: Self.exactly(49.5),
            until: Self.exactly(79.5), shown: (50, 70), .reused)
        record.bytesSent = 1000
        record.bytesReceived = 2000
        record.rttMicroseconds = 500
        record.retransmits = 2
        return record
    }

    private var again: ConnectionRecord {
        var record = lived(
            pooled(4), 79.501, 130, by: .local, samples: (80, 120), attempted: 79.5)
        record.closed = Self.between(120, 130)
        return waiting(
            record, from: Self.between(120, 130), until: Self.between(200, 210),
            shown: (130, 200), .expired, restarts: 1)
    }

    private var third: ConnectionRecord {
        lived(pooled(5), 301, 311, by: .peer, samples: (310, 310))
    }

    private var shared: ConnectionRecord {
        lived(
            life(6, port: 80, peer: "198.51.100.2", 41_000, process: 1, role: .server), 331, 371.5,
            by: .peer, samples: (340, 370), kind: .reset)
    }

    private var refused: ConnectionRecord {
        var record = life(7, port: 45_001, peer: "203.0.113.5", 5433, process: 3, role: .client)
        record.state = .synSent
        record.attempted = Self.exactly(401)
        record.closed = Self.exactly(401.0005)
        record.closedBy = .peer
        record.closeKind = .refused
        return record
    }

    private var unanswered: ConnectionRecord {
        var record = life(8, port: 45_002, peer: "203.0.113.66", 443, process: 3, role: .client)
        record.state = .synSent
        record.attempted = Self.exactly(411)
        record.closed = Self.exactly(541)
        record.closeKind = .connectTimeout
        record.firstSample = Self.sample(420)
        record.lastSample = Self.sample(540)
        record.spans = [span(.synSent, 411, 541, shown: (420, 540))]
        return record
    }

    private var asked: ConnectionRecord {
        waiting(
            lived(
                life(9, port: 46_000, peer: "192.0.2.10", 5432, process: 3, role: .client), 451,
                481, by: .local, samples: (460, 480)), from: Self.exactly(481),
            until: Self.exactly(541), shown: (490, 540), .expired)
    }

    private var answered: ConnectionRecord {
        lived(
            life(10, port: 5432, peer: "192.0.2.10", 46_000, process: 5, role: .server), 451, 481,
            by: .peer, samples: (460, 480))
    }

    private var brief: ConnectionRecord {
        waiting(
            lived(
                life(11, port: 80, peer: "198.51.100.2", 41_001, process: 1, role: .server), 500.1,
                500.2, by: .local, samples: nil), from: Self.exactly(500.2),
            until: Self.exactly(560.2), shown: (510, 560), .expired)
    }

    private var stuck: ConnectionRecord {
        var record = life(12, port: 80, peer: "198.51.100.3", 42_000, process: 1, role: .server)
        record.attempted = Self.exactly(504.9)
        record.opened = Self.exactly(505)
        record.closedBy = .local
        record.state = .finWait2
        record.firstSample = Self.sample(510)
        record.spans = [
            span(.established, 505, 525, shown: (510, 520)),
            span(.finWait2, 525, nil, shown: (530, nil)),
        ]
        return record
    }

    private var newer: ConnectionRecord {
        var record = life(
            13, port: 50_001, peer: "2001:db8::2", 443, process: 4, role: .client,
            local: "2001:db8::1")
        record.attempted = Self.exactly(564.99)
        record.opened = Self.exactly(565)
        record.firstSample = Self.sample(570)
        return record
    }
}
