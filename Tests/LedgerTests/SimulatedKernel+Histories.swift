import Model

/// How a life goes.
enum Course: CaseIterable {
    case ordinaryClose, quickClose, halfClose, peerClose, simultaneous, receivedReset, sentReset
    case resetWhileClosing, refused, connectTimeout, notSent, timeout, vanishingOrphan, noRoom
    case reconnect, reconnectBesideTimeWait
}

// Histories in which everything happens that the kernel lets happen.
extension SimulatedKernel {
    /// Some 1.2 × `count` lives of every course; `sameTuple`: a reconnect may keep its 4-tuple too.
    mutating func makeFullHistory(count: Int, span: Range<Int64>, sameTuple: Bool) {
        for number in 0..<count {
            let start = Int64.random(in: span, using: &random)
            let course = Course.allCases[number % Course.allCases.count]
            let life = makeFullLife(number: number, start: start, course)
            lives.append(life)
            follow(life, course, sameTuple: sameTuple)
        }
        for index in lives.indices where lives[index].timeWaitEnd == .cutShort {
            if Int.random(in: 0..<2, using: &random) == 0 { reuseFully(index) }
        }
    }

    private mutating func makeFullLife(number: Int, start: Int64, _ course: Course) -> TrueLife {
        var life = TrueLife(
            cookie: UInt64(number + 1), tuple: tuple(number), inode: UInt64(50_000 + number),
            attempted: start, stays: [], gone: .max)
        let attempts: Set<Course> = [.refused, .connectTimeout, .notSent]
        let clients: Set<Course> = attempts.union([.reconnect, .reconnectBesideTimeWait])
        life.isServer = !clients.contains(course) && Bool.random(using: &random)
        life.telling.isBound = oneIn(6)
        life.telling.keepsPort = oneIn(2)
        life.telling.process = Int32(4_000 + number)
        life.stays = [.init(state: life.isServer ? .synReceived : .synSent, entered: start)]
        if attempts.contains(course) {
            fail(&life, course)
            return life
        }
        let opened = start + (oneIn(4) ? random(1_000...3_000_000) : random(20...900))
        open(&life, at: opened)
        end(&life, course, from: opened + 10 + shortOrLong(1_000, 12_000_000))
        return life
    }

    private func tuple(_ number: Int) -> FourTuple {
        FourTuple(
            local: Endpoint(IPAddress(ipv4: 0x7f00_0001), UInt16(1024 + number % 60_000)),
            peer: Endpoint(IPAddress(ipv4: 0x0a00_0000 + UInt32(number / 60_000)), 443))
    }

    private mutating func open(_ life: inout TrueLife, at moment: Int64) {
        life.stays.append(.init(state: .established, entered: moment))
        life.telling.isHandshakeTold = life.isServer && !oneIn(5)
        life.telling.sent = UInt64(random(0...5_000))
        life.telling.received = UInt64(random(0...5_000))
        life.telling.sentAgain = oneIn(5) ? 100 : 0
    }

    mutating func oneIn(_ number: Int) -> Bool { Int.random(in: 0..<number, using: &random) == 0 }

    mutating func random(_ range: ClosedRange<Int64>) -> Int64 {
        Int64.random(in: range, using: &random)
    }

    // MARK: Ends

    private mutating func fail(_ life: inout TrueLife, _ course: Course) {
        switch course {
        case .refused:
            life.gone = life.attempted + random(15...900)
            life.telling.kind = .refused
            life.telling.closers = [.unknown, .peer]
            life.telling.error = 111
            life.telling.resetReceived = life.gone - 2
        case .connectTimeout:
            life.gone = life.attempted + random(1_000_000...20_000_000)
            life.telling.kind = .connectTimeout
            life.telling.closers = [.unknown, .local]
            life.telling.error = 110
        default:
            life.gone = life.attempted + random(2...12)
            life.telling.kind = .notSent
            life.telling.closers = [.unknown, .local]
            life.telling.counts = false
            life.telling.isBound = false
        }
        life.telling.isDestroyedZeroed = true
        destroy(&life)
    }

    private mutating func end(_ life: inout TrueLife, _ course: Course, from moment: Int64) {
        switch course {
        case .ordinaryClose, .quickClose, .halfClose, .simultaneous, .vanishingOrphan, .noRoom,
            .reconnectBesideTimeWait:
            closeActively(&life, course, from: moment)
        case .peerClose: closePassively(&life, from: moment)
        case .resetWhileClosing: resetWhileClosing(&life, from: moment)
        case .timeout:
            life.gone = moment
            life.telling.kind = .timeout
            life.telling.closers = [.unknown, .local]
            life.telling.error = 110
            destroy(&life)
        case .receivedReset: reset(&life, at: moment, received: true)
        default: reset(&life, at: moment, received: false)
        }
        if course == .reconnect { life.telling.destroyed = nil }
    }

    private mutating func closePassively(_ life: inout TrueLife, from moment: Int64) {
        life.stays.append(.init(state: .closeWait, entered: moment))
        let half = moment + 10 + shortOrLong(1_000, 8_000_000)
        life.stays.append(.init(state: .lastAck, entered: half))
        life.gone = half + 10 + shortOrLong(500, 1_000_000)
        life.telling.kind = .fin
        life.telling.closers = [.peer]
        life.telling.countsOwnFIN = true
        life.telling.countsPeerFIN = true
        destroy(&life)
    }

    private mutating func reset(_ life: inout TrueLife, at moment: Int64, received: Bool) {
        life.gone = moment
        life.telling.kind = .reset
        life.telling.closers = [received ? .peer : .local]
        if received {
            life.telling.error = 104
            life.telling.resetReceived = moment - 2
            life.telling.destroyed = moment + random(100...3_000_000)
        } else {
            life.telling.resetSent = oneIn(2) ? moment - 1 : moment + 2
            life.telling.isDestroyedZeroed = true
            destroy(&life)
        }
    }

    /// A reset on the way of an orderly close: who closed first stays who closed first.
    private mutating func resetWhileClosing(_ life: inout TrueLife, from moment: Int64) {
        let local = oneIn(2)
        life.stays.append(.init(state: local ? .finWait1 : .closeWait, entered: moment))
        let end = moment + 10 + shortOrLong(500, 2_000_000)
        reset(&life, at: end, received: local)
        life.telling.closers = [local ? .local : .peer]
        life.telling.countsPeerFIN = !local
    }

    private mutating func closeActively(
        _ life: inout TrueLife, _ course: Course, from moment: Int64
    ) {
        life.telling.kind = .fin
        life.telling.closers = [.local]
        life.telling.countsOwnFIN = true
        life.telling.countsPeerFIN = true
        life.stays.append(.init(state: .finWait1, entered: moment))
        let half = moment + 10 + shortOrLong(500, 2_000_000)
        let isSimultaneous = course == .simultaneous
        life.stays.append(.init(state: isSimultaneous ? .closing : .finWait2, entered: half))
        var closed = half + random(8...40)
        switch course {
        case .simultaneous:
            life.telling.closers = [.both]
            closed = half + 10 + shortOrLong(500, 1_000_000)
        case .halfClose, .reconnectBesideTimeWait, .noRoom:
            closed = half + 10 + shortOrLong(500, 9_000_000)
        case .ordinaryClose, .vanishingOrphan:
            life.telling.countsPeerFIN = false
            life.stays.append(.init(state: .finWait2, entered: closed, mini: true))
        default: break
        }
        linger(&life, course, from: closed)
        destroy(&life)
        if course == .halfClose {
            life.telling.destroyed = life.closed + random(100...3_000_000)
        }
    }

    /// What follows the full socket's end.
    private mutating func linger(_ life: inout TrueLife, _ course: Course, from closed: Int64) {
        switch course {
        case .noRoom:
            life.gone = closed
            life.timeWaitEnd = .noRoom
        case .vanishingOrphan:
            life.gone = closed + Self.timeWaitLength + random(14_000...2_045_000)
        case .ordinaryClose:
            waitFully(&life, from: closed + 10 + shortOrLong(100, 8_000_000))
        default:
            waitFully(&life, from: closed)
        }
    }

    private mutating func waitFully(_ life: inout TrueLife, from entry: Int64) {
        let born = life.stays.first(where: \.mini)?.entered
        life.stays.append(.init(state: .timeWait, entered: entry, mini: true))
        life.timeWaitEntries = [entry]
        // A restart tells itself only where the entry did.
        if born.map({ !staysInSlot($0, entry) }) ?? true, oneIn(6) {
            life.timeWaitEntries.append(entry + random(2_200_000...40_000_000))
        }
        let last = life.timeWaitEntries[life.timeWaitEntries.count - 1]
        if oneIn(4) {
            life.gone = last + random(100_000...55_000_000)
            life.timeWaitEnd = .cutShort
        } else {
            life.gone = last + Self.timeWaitLength + random(14_000...2_045_000)
            life.timeWaitEnd = .expired
        }
    }

    private mutating func destroy(_ life: inout TrueLife) {
        life.telling.destroyed = life.closed + random(100...5_000)
    }

    // MARK: What comes after

    /// The next connection of the same descriptor, cookie and all.
    private mutating func follow(_ life: TrueLife, _ course: Course, sameTuple: Bool) {
        guard course == .reconnect || course == .reconnectBesideTimeWait else { return }
        let number = lives.count + 30_000
        var next = makeFullLife(
            number: number, start: life.closed + random(30...2_000_000), .peerClose)
        guard !next.isServer else { return follow(life, course, sameTuple: sameTuple) }
        next.cookie = life.cookie
        next.inode = life.inode
        if course == .reconnect, sameTuple, oneIn(3) { next.tuple = life.tuple }
        lives.append(next)
        lives[lives.count - 2].telling.destroyed = nil
    }

    /// A new incarnation takes the 4-tuple of a TIME_WAIT. A client's SYN_SENT comes right before
    /// the mini-socket goes, a server's handshake right after.
    private mutating func reuseFully(_ index: Int) {
        let isLocal = !lives[index].isServer
        let start = lives[index].gone + (isLocal ? -random(2...20) : random(2...20))
        for _ in 0..<8 {
            var next = makeFullLife(number: lives.count + 20_000, start: start, .peerClose)
            guard next.isServer != isLocal else { continue }
            next.tuple = lives[index].tuple
            lives[index].timeWaitEnd = .reused
            lives.append(next)
            return
        }
    }
}
