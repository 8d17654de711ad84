import Model

/// Counts with SplitMix64, so that a failing history can be told by its seed.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
        return value ^ (value >> 31)
    }
}

/// What truly happened to one connection.
struct TrueLife {
    struct Stay {
        var state: TCPState
        var entered: Int64
        var mini = false
    }

    var cookie: UInt64
    var tuple: FourTuple
    var inode: UInt64
    var isServer = false
    var attempted: Int64
    var stays: [Stay]
    var gone: Int64
    /// Entries into TIME_WAIT: the first, then restarts.
    var timeWaitEntries: [Int64] = []
    var timeWaitEnd: TimeWaitEnd?
    /// What its kernel would tell of it besides its stays.
    var telling = Telling()

    func entered(_ state: TCPState) -> Int64? { stays.first { $0.state == state }?.entered }

    var opened: Int64? { entered(.established) }

    /// The end of the full socket.
    var closed: Int64 { stays.first(where: \.mini)?.entered ?? gone }

    func stay(at moment: Int64) -> Stay? {
        guard moment < gone else { return nil }
        return stays.last { $0.entered <= moment }
    }
}

/// A kernel of known history, which answers as the real one does: timers in jiffies, mini-sockets
/// without inode, dumps that take time, show rows twice and now and then miss one.
struct SimulatedKernel {
    static let jiffy: Int64 = 4_000
    static let timeWaitLength: Int64 = 60_000_000

    var random: SeededGenerator
    var lives: [TrueLife] = []
    var phase: Int64

    init(seed: UInt64) {
        random = SeededGenerator(state: seed)
        phase = Int64.random(in: 0..<Self.jiffy, using: &random)
    }

    func jiffies(_ moment: Int64) -> Int64 { (moment + phase) / Self.jiffy }

    /// The row that a look at this moment reads, nil when there is none.
    func row(_ life: TrueLife, at moment: Int64) -> SocketRow? {
        guard let stay = life.stay(at: moment) else { return nil }
        var row = SocketRow(cookie: life.cookie, tuple: life.tuple, state: stay.state)
        row.timerGranuleMicroseconds = Self.jiffy
        if stay.mini {
            row.timer = 3
            if let entry = life.timeWaitEntries.last(where: { $0 <= moment }),
                stay.state == .timeWait
            {
                let left = jiffies(entry) + 15_000 - jiffies(moment)
                row.expiresMilliseconds = UInt32(max(0, left * 4))
            } else {
                row.expiresMilliseconds = 30_000
            }
            return row
        }
        row.inode = life.inode
        row.uid = 1000
        var info = TCPInfo()
        let idle = max(0, jiffies(moment) - jiffies(life.opened ?? moment)) * 4
        info.lastDataSentMilliseconds = UInt32(idle)
        info.bytesSent = 0
        info.bytesRetransmitted = 0
        info.bytesAcknowledged = life.isServer ? 0 : 1
        if stay.state != .synSent { row.info = info }
        return row
    }

    // MARK: Histories

    /// A random history of `count` connections that begin within `span`.
    mutating func makeHistory(count: Int, span: Range<Int64>) {
        for number in 0..<count {
            let start = Int64.random(in: span, using: &random)
            lives.append(makeLife(number: number, start: start))
        }
        for index in lives.indices where Int.random(in: 0..<6, using: &random) == 0 {
            reuse(index)
        }
    }

    private mutating func makeLife(number: Int, start: Int64) -> TrueLife {
        let tuple = FourTuple(
            local: Endpoint(IPAddress(ipv4: 0x7f00_0001), UInt16(1024 + number % 60_000)),
            peer: Endpoint(IPAddress(ipv4: 0x0a00_0000 + UInt32(number / 60_000)), 443))
        var life = TrueLife(
            cookie: UInt64(number + 1), tuple: tuple, inode: UInt64(50_000 + number),
            attempted: start, stays: [], gone: .max)
        life.isServer = Bool.random(using: &random)
        var now = start
        if !life.isServer {
            life.stays.append(.init(state: .synSent, entered: now))
            now += shortOrLong(1_000, 3_000_000)
            if Int.random(in: 0..<12, using: &random) == 0 {
                life.gone = now
                return life
            }
        }
        life.stays.append(.init(state: .established, entered: now))
        now += shortOrLong(2_000, 12_000_000)
        finish(&life, from: now)
        return life
    }

    mutating func shortOrLong(_ short: Int64, _ long: Int64) -> Int64 {
        Int64.random(in: 1...(Bool.random(using: &random) ? short : long), using: &random)
    }

    /// Ends a life in one of the ways a life ends.
    private mutating func finish(_ life: inout TrueLife, from moment: Int64) {
        var now = moment
        switch Int.random(in: 0..<5, using: &random) {
        case 0:
            life.gone = now
        case 1:
            life.stays.append(.init(state: .closeWait, entered: now))
            now += shortOrLong(1_000, 8_000_000)
            life.stays.append(.init(state: .lastAck, entered: now))
            life.gone = now + shortOrLong(500, 1_000_000)
        case 2:
            life.stays.append(.init(state: .finWait1, entered: now))
            now += shortOrLong(500, 2_000_000)
            life.stays.append(.init(state: .finWait2, entered: now, mini: true))
            now += shortOrLong(500, 5_000_000)
            wait(&life, from: now)
        case 3:
            life.stays.append(.init(state: .finWait1, entered: now))
            wait(&life, from: now + shortOrLong(300, 3_000))
        default:
            wait(&life, from: now)
        }
    }

    private mutating func wait(_ life: inout TrueLife, from entry: Int64) {
        life.stays.append(.init(state: .timeWait, entered: entry, mini: true))
        life.timeWaitEntries = [entry]
        var last = entry
        if Int.random(in: 0..<8, using: &random) == 0 {
            last += Int64.random(in: 2_000_000...40_000_000, using: &random)
            life.timeWaitEntries.append(last)
        }
        if Int.random(in: 0..<6, using: &random) == 0 {
            life.gone = last + Int64.random(in: 100_000...55_000_000, using: &random)
            life.timeWaitEnd = .cutShort
        } else {
            let late = Int64.random(in: 14_000...2_045_000, using: &random)
            life.gone = last + Self.timeWaitLength + late
            life.timeWaitEnd = .expired
        }
    }

    /// A new incarnation takes the 4-tuple of a TIME_WAIT, which ends it.
    private mutating func reuse(_ index: Int) {
        guard lives[index].timeWaitEnd == .cutShort, let last = lives[index].timeWaitEntries.last
        else { return }
        var next = makeLife(number: lives.count, start: lives[index].gone)
        next.tuple = lives[index].tuple
        guard next.attempted > last else { return }
        lives[index].timeWaitEnd = .reused
        lives.append(next)
    }
}
