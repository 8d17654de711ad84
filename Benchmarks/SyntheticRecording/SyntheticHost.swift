import Model

/// A host with several services: who connects to whom, how often, for how long.
struct SyntheticHost {
    /// A kind of connection.
    struct Service {
        var isClient: Bool
        var port: UInt16
        /// The share of all connections.
        var share: Double
        /// Median of the lifetime, s, and the standard deviation of its logarithm.
        var median: Double
        var spread: Double
        /// How many peers it talks to.
        var peers: UInt32
        var peerBase: UInt32
        /// How often this end closes first.
        var active: Double
        var resets: Double
        var refused: Double
        /// `process_id`s of its workers.
        var workers: ClosedRange<Int64>
        var uid: UInt32
    }

    static let netns: UInt64 = 1
    private static let here = IPAddress(ipv4: 0x0a00_0001)

    /// An nginx, its long-lived clients, an application's database and cache, its upstreams, a
    /// monitoring agent, an ssh.
    static let services = [
        Service(
            isClient: false, port: 443, share: 0.55, median: 0.35, spread: 1.4, peers: 20_000,
            peerBase: 0xc000_0200, active: 0.6, resets: 0.02, refused: 0, workers: 1...4, uid: 33),
        Service(
            isClient: false, port: 443, share: 0.004, median: 900, spread: 1, peers: 20_000,
            peerBase: 0xc000_0200, active: 0.2, resets: 0.2, refused: 0, workers: 1...4, uid: 33),
        Service(
            isClient: true, port: 5432, share: 0.15, median: 0.02, spread: 1, peers: 2,
            peerBase: 0x0a00_0010, active: 0.95, resets: 0, refused: 0.002, workers: 5...12,
            uid: 1000),
        Service(
            isClient: true, port: 6379, share: 0.15, median: 0.004, spread: 0.8, peers: 3,
            peerBase: 0x0a00_0020, active: 0.9, resets: 0.001, refused: 0.001, workers: 5...12,
            uid: 1000),
        Service(
            isClient: true, port: 8443, share: 0.126, median: 0.2, spread: 1.2, peers: 40,
            peerBase: 0x0a00_0100, active: 0.3, resets: 0.03, refused: 0.01, workers: 5...12,
            uid: 1000),
        Service(
            isClient: false, port: 9100, share: 0.015, median: 0.03, spread: 0.5, peers: 3,
            peerBase: 0x0a00_0200, active: 0.1, resets: 0, refused: 0, workers: 13...13, uid: 65534),
        Service(
            isClient: false, port: 22, share: 0.005, median: 20, spread: 2, peers: 300,
            peerBase: 0xc633_6400, active: 0.5, resets: 0.1, refused: 0, workers: 14...14, uid: 0),
    ]

    /// What a recorder reads below /proc/sys, with the values of a kernel that nobody tuned.
    static let limits = [
        "file-max": "9223372036854775807", "nr_open": "1073741816", "tcp_max_orphans": "131072",
        "tcp_mem": "287898 383867 575796", "nf_conntrack_max": "262144",
        "ip_local_port_range": "32768 60999", "ip_local_reserved_ports": "",
        "tcp_max_tw_buckets": "131072", "tcp_tw_reuse": "2", "tcp_fin_timeout": "60",
        "tcp_max_syn_backlog": "2048", "tcp_syncookies": "1", "tcp_keepalive_time": "7200",
        "somaxconn": "4096",
    ].sorted { $0.key < $1.key }.map { KernelLimit(name: $0.key, value: $0.value) }

    private var random: RandomSource
    private var cookie: UInt64 = 4_096
    /// The next ephemeral port of each pair of ends.
    private var ports: [UInt64: UInt16] = [:]

    init(seed: UInt64) { random = RandomSource(seed: seed) }

    /// How many connections of a service begin within a second.
    mutating func arrivals(_ service: Service, perSecond: Double) -> Int {
        random.poisson(mean: perSecond * service.share)
    }

    /// A connection that begins within the second after this moment.
    mutating func life(_ service: Service, after moment: Int64) -> SyntheticLife {
        let square = random.unit() * random.unit()
        let peer = IPAddress(
            ipv4: service.peerBase + UInt32(square * Double(service.peers)))
        let ephemeral = port(peer, service)
        cookie += random.chance(0.2) ? 2 : 1
        let local = Endpoint(Self.here, service.isClient ? ephemeral : service.port)
        let remote = Endpoint(peer, service.isClient ? service.port : ephemeral)
        let attempted = moment + random.number(0...999_999)
        let rtt = Int64(random.logNormal(median: service.isClient ? 300 : 9_000, spread: 0.8)) + 20
        let opened = attempted + rtt + random.number(1...40)
        let lived = random.logNormal(median: service.median, spread: service.spread)
        let closing = opened + rtt + Int64(min(lived, 20_000) * 1_000_000)
        let half = closing + rtt + random.number(1...60)
        var life = SyntheticLife(
            tuple: FourTuple(local: local, peer: remote), cookie: cookie,
            isClient: service.isClient, course: course(service),
            process: random.number(service.workers), uid: service.uid, attempted: attempted,
            opened: opened, closing: closing, half: half,
            ended: half + random.number(1...20_000), gone: 0,
            sent: UInt64(random.logNormal(median: 900, spread: 1.5)),
            received: UInt64(random.logNormal(median: 3_000, spread: 1.8)), rtt: UInt32(rtt))
        if life.course == .refused { life.ended = opened }
        if life.course == .reset { life.ended = closing }
        life.gone = life.ended + 60_000_000 + random.number(0...2_000_000)
        return life
    }

    private mutating func course(_ service: Service) -> SyntheticLife.Course {
        if random.chance(service.refused) { return .refused }
        if random.chance(service.resets) { return .reset }
        return random.chance(service.active) ? .active : .passive
    }

    private mutating func port(_ peer: IPAddress, _ service: Service) -> UInt16 {
        let key = peer.low << 16 | UInt64(service.port)
        let last = ports[key] ?? UInt16(32_768 + random.number(0...28_231))
        let next = last >= 60_998 ? 32_768 : last + 1
        ports[key] = next
        return next
    }

    /// Of some rows of ESTAB the octets go on.
    mutating func move(_ rows: inout [SocketRow]) {
        for _ in 0..<(rows.count / 100) {
            let place = Int(random.number(0...Int64(rows.count - 1)))
            guard rows[place].state == .established else { continue }
            rows[place].info?.bytesReceived? += 100
        }
    }

    /// A whole number of the range, for what no connection decides.
    mutating func number(_ range: ClosedRange<Int64>) -> Int64 { random.number(range) }
}
