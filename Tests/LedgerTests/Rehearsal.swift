import Ledger
import Model

/// A whole recording of a simulated kernel: dumps, events and destroy messages reach the ledger as
/// they would from the real one, and what there was to know is kept beside what was recorded.
struct Rehearsal {
    /// Something that happened, on its way.
    struct Item {
        var life: Int
        var moment: Int64
        var event: KernelEvent
        /// Whether it found no room.
        var isLost = false
    }

    static let start: Int64 = 1_000_000_000
    static let interval: Int64 = 1_000_000
    static let ticks = 100

    let plan: Disturbance
    var kernel: SimulatedKernel
    var outcome: Outcome
    private var ledger = ConnectionLedger(netns: 1, numbering: Numbering())
    private var agenda: ArraySlice<Item> = []
    private var underway: [(arrival: Int64, item: Item)] = []
    private var messages: ArraySlice<(life: Int, moment: Int64)> = []
    private var lastDrain: Int64 = start - 50_000
    /// By cookie: a descriptor's next connection comes behind the one before.
    private var lastArrival: [UInt64: Int64] = [:]
    private var lastMoment: [UInt64: Int64] = [:]
    /// The first moment at which somebody asked for a life's cookie, full or mini.
    private var asked: [Int64]
    private var askedMini: [Int64]
    private var seen: Set<Int> = []
    private var unproved: Set<Int> = []

    init(seed: UInt64, plan: Disturbance) {
        self.plan = plan
        kernel = SimulatedKernel(seed: seed)
        let span = (Self.start - 20_000_000)..<(Self.start + 80_000_000)
        kernel.makeFullHistory(count: 150, span: span, sameTuple: plan.isUndisturbed)
        let count = kernel.lives.count
        outcome = Outcome(kernel: kernel, plan: plan)
        asked = Array(repeating: .max, count: count)
        askedMini = Array(repeating: .max, count: count)
        fillAgenda()
    }

    private mutating func fillAgenda() {
        var items: [(order: Int, item: Item)] = []
        for (index, life) in kernel.lives.enumerated() {
            for event in kernel.events(of: life) {
                let moment = event.bootNanoseconds / 1_000
                guard moment > lastDrain, plan.detail != nil else { continue }
                items.append((items.count, Item(life: index, moment: moment, event: event)))
            }
        }
        items.sort { ($0.item.moment, $0.order) < ($1.item.moment, $1.order) }
        for index in items.indices { ask(&items[index].item) }
        agenda = items.map(\.item).filter(isTold)[...]
        guard plan.closes else { return }
        let all = kernel.lives.enumerated().compactMap { index, life in
            life.telling.destroyed.map { (life: index, moment: $0) }
        }
        messages = all.filter { $0.moment > lastDrain }.sorted { $0.moment < $1.moment }[...]
    }

    /// The program asks for a full socket's cookie with each event that finds room.
    private mutating func ask(_ item: inout Item) {
        let isSilent = plan.silences.contains { $0.contains(item.moment - Self.start) }
        item.isLost = isSilent || plan.oneLost > 0 && kernel.oneIn(plan.oneLost)
        guard isTold(item), !item.isLost, !Self.isTimer(item.event.kind) else { return }
        asked[item.life] = min(asked[item.life], item.moment)
    }

    /// Records from beginning to end.
    mutating func run() {
        if let detail = plan.detail {
            ledger.hear(detail, timers: plan.timers, from: lastDrain)
            outcome.heardFrom = lastDrain
        }
        if plan.closes { ledger.hearCloses(true) }
        for tick in 0..<Self.ticks {
            let jitter = kernel.random(0...200_000)
            let start = Self.start + Int64(tick) * Self.interval + jitter
            if kernel.oneIn(3) { drain(at: start - 300_000) }
            if tick > 2, plan.oneDumped > 1, !kernel.oneIn(plan.oneDumped) {
                sampleKnown(Int64(tick + 1), at: start)
            } else {
                sample(Int64(tick + 1), at: start)
            }
        }
        ledger.beginSample(Int64(Self.ticks + 1))
        drain(at: lastDrain + 1_000, last: true)
        finish()
        take(ledger.flush())
        outcome.lastMoment = lastDrain
        outcome.drift = ledger.drift
    }

    // MARK: Samples

    private mutating func sample(_ id: Int64, at start: Int64) {
        ledger.beginSample(id)
        drain(at: start)
        var pieces: [(rows: [SocketRow], window: Window)] = []
        var shown: Set<Int> = []
        let end = look(from: start, &pieces, &shown)
        let comesFirst = kernel.oneIn(2)
        if comesFirst { drain(at: end) }
        forgetOldRows(since: start)
        for piece in pieces { ledger.observe(piece.rows, in: piece.window) }
        if !comesFirst { drain(at: end) }
        settle(Window(earliest: start, latest: end), &shown)
        seen = seen.filter { shown.contains($0) || unproved.contains($0) }.union(shown)
        if kernel.oneIn(2) {
            drain(at: lastDrain + 300)
            ledger.countUntil(lastDrain - kernel.random(0...2_000))
        }
        outcome.tables[id] = finish().states
    }

    /// A sample without a dump.
    private mutating func sampleKnown(_ id: Int64, at start: Int64) {
        drain(at: start)
        ledger.beginSample(id, by: .ledger)
        ledger.showAll(at: start)
        var truth = StateCounts()
        truth.countsHandshakes = false
        for life in kernel.lives {
            guard let state = life.stay(at: start)?.state, state != .synReceived else { continue }
            truth.add(state)
        }
        outcome.truths[id] = truth
        outcome.tables[id] = finish().states
    }

    @discardableResult
    private mutating func finish() -> LedgerResult {
        let result = ledger.endSample()
        outcome.active += result.recordedActive
        outcome.passive += result.recordedPassive
        outcome.unattributed += result.recordedUnattributed
        take(result.changes)
        return result
    }

    /// Reads the table in pieces of some sockets each; it takes up to 6 ms.
    private mutating func look(
        from start: Int64, _ pieces: inout [(rows: [SocketRow], window: Window)],
        _ shown: inout Set<Int>
    ) -> Int64 {
        var now = start
        let order = kernel.lives.indices.shuffled(using: &kernel.random)
        for piece in stride(from: 0, to: order.count, by: 40) {
            let window = Window(earliest: now, latest: now + kernel.random(50...1_000))
            var rows: [SocketRow] = []
            for life in order[piece..<min(piece + 40, order.count)] {
                let moment = kernel.random(window.earliest...window.latest)
                guard let row = row(life, at: moment) else { continue }
                let misses = seen.contains(life) && !unproved.contains(life)
                if misses, kernel.oneIn(50) { continue }
                rows.append(row)
                if kernel.oneIn(50) { rows.append(row) }
                shown.insert(life)
                note(life, Observer.Look(moment: moment, window: window))
            }
            pieces.append((rows, window))
            now = window.latest
        }
        let window = Window(earliest: start, latest: now)
        // Silence proves something once the dump is over: not for what is told while it goes on,
        // and of what was there only if it is asked for.
        let proved = plan.detail == nil && !plan.closes ? start : now
        for life in kernel.lives.indices
        where !shown.contains(life) && !seen.contains(life)
            && kernel.lives[life].attempted > proved
        {
            outcome.evidence[life].looks.append(Observer.Look(moment: start, window: window))
        }
        return now
    }

    /// Rows that come behind a later event of their socket are not read: they prove nothing.
    private mutating func forgetOldRows(since start: Int64) {
        for life in outcome.evidence.indices {
            let told = outcome.evidence[life].lastHeard
            guard told >= start else { continue }
            outcome.evidence[life].looks.removeAll {
                $0.window.earliest >= start && $0.window.earliest <= told
            }
        }
    }

    private mutating func note(_ life: Int, _ look: Observer.Look) {
        outcome.evidence[life].looks.append(look)
        let state = kernel.lives[life].stay(at: look.moment)?.state
        if let state, state != .synReceived { outcome.evidence[life].isShown = true }
    }

    /// The row that a dump reads: a look gives each socket a cookie that has none yet.
    private mutating func row(_ life: Int, at moment: Int64) -> SocketRow? {
        guard var row = kernel.row(kernel.lives[life], at: moment) else { return nil }
        if row.isMiniSocket {
            askedMini[life] = min(askedMini[life], moment)
            if row.state == .finWait2 { row.expiresMilliseconds = 30_000 }
            row.cookie = cookieOfMini(life)
        } else {
            asked[life] = min(asked[life], moment)
            if row.state == .synReceived { (row.inode, row.uid, row.info) = (0, 0, nil) }
        }
        return row
    }

    private func cookieOfMini(_ life: Int) -> UInt64 {
        let truth = kernel.lives[life]
        // With dumps alone nothing else has a name for the full socket.
        guard plan.detail != nil || plan.closes else { return truth.cookie }
        return isAsked(life) ? truth.cookie : truth.otherCookie
    }

    /// Whether the full socket's cookie was asked for, by this life or the descriptor's earlier
    /// one, before its mini-socket was born.
    private func isAsked(_ life: Int) -> Bool {
        asked[life] < kernel.lives[life].closed - TrueLife.birth
    }

    private mutating func settle(_ window: Window, _ shown: inout Set<Int>) {
        let before = unproved
        unproved = []
        var now = window.latest
        for absentee in ledger.endDump(window, complete: true) {
            now = settle(absentee, at: now, window, before, &shown)
        }
        for life in before.intersection(unproved) {
            outcome.evidence[life].looks.append(
                Observer.Look(moment: window.latest, window: window))
        }
        unproved.subtract(before)
    }

    /// Answers as the kernel does, which finds no socket by a port that it does not have.
    private mutating func settle(
        _ absentee: Absentee, at start: Int64, _ dump: Window, _ before: Set<Int>,
        _ shown: inout Set<Int>
    ) -> Int64 {
        let moment = start + 3
        let window = Window(earliest: start, latest: start + 6)
        let lives = kernel.lives.indices.filter { life in
            let truth = kernel.lives[life]
            return truth.tuple == absentee.tuple
                && (truth.cookie == absentee.cookie || truth.otherCookie == absentee.cookie)
        }
        let known = lives.first { seen.contains($0) }
        if let known, kernel.oneIn(10) {
            ledger.leave(absentee)
            unproved.insert(known)
            return start
        }
        for life in lives {
            outcome.evidence[life].looks.append(Observer.Look(moment: moment, window: window))
            guard let row = row(life, at: moment), row.cookie == absentee.cookie else { continue }
            shown.insert(life)
            note(life, Observer.Look(moment: moment, window: window))
            ledger.settle(absentee, .found(row), at: window)
            return window.latest
        }
        ledger.settle(absentee, .gone, at: window)
        return window.latest
    }

    // MARK: Events

    /// Takes what happened up to this moment and delivers what has arrived.
    private mutating func drain(at moment: Int64, last: Bool = false) {
        guard moment > lastDrain else { return }
        switchDetail(at: moment)
        var lost = false
        while let item = agenda.first, item.moment <= moment {
            agenda.removeFirst()
            if item.isLost { lost = true } else { emit(item) }
        }
        if lost { ledger.noteLoss(of: .events, from: lastDrain, until: moment) }
        deliver(until: last ? .max : moment)
        drainMessages(at: moment)
        lastDrain = moment
        if plan.detail != nil { outcome.heardUntil = moment }
    }

    private mutating func switchDetail(at moment: Int64) {
        guard let edges = plan.edges else { return }
        for (line, isBeginning) in [(edges.lowerBound, true), (edges.upperBound, false)] {
            let line = Self.start + line
            guard line > lastDrain, line <= moment else { continue }
            ledger.hear(isBeginning ? .edges : .full, timers: !isBeginning, from: line)
        }
    }

    /// What has happened is on its way now.
    private mutating func emit(_ item: Item) {
        var item = item
        if Self.isTimer(item.event.kind) {
            item.event.uid = 0
            item.event.cookie =
                isAsked(item.life)
                ? kernel.lives[item.life].cookie
                : askedMini[item.life] < item.moment ? cookieOfMini(item.life) : 0
        }
        // What one packet or one call brings about is told back to back, in one ring.
        let socket = kernel.lives[item.life].cookie
        let isNext = item.moment - lastMoment[socket, default: 0] <= 50
        // Only what is told between them tells a row of a descriptor's connection from one of its
        // next: what is told of two is not delayed beyond a dump.
        let mayWait = plan.longestDelay > 0 && !isNext && !sharesCookie(item.life)
        let delay = mayWait && kernel.oneIn(3) ? plan.longestDelay : 0
        let arrival = max(lastArrival[socket, default: 0], item.moment + kernel.random(0...delay))
        lastArrival[socket] = arrival
        lastMoment[socket] = item.moment
        underway.append((arrival, item))
        if plan.oneTwice > 0, kernel.oneIn(plan.oneTwice) { underway.append((arrival, item)) }
    }

    private func sharesCookie(_ life: Int) -> Bool {
        let cookie = kernel.lives[life].cookie
        return kernel.lives.count { $0.cookie == cookie } > 1
    }

    private static func isTimer(_ kind: KernelEvent.Kind) -> Bool {
        switch kind {
        case .timerStarted, .timerExpired, .timerCancelled: true
        default: false
        }
    }

    private func isTold(_ item: Item) -> Bool {
        let shed = plan.edges?.contains(item.moment - Self.start) ?? false
        let edges = shed || plan.detail == .edges
        switch item.event.kind {
        case .timerStarted, .timerExpired, .timerCancelled: return plan.timers && !edges
        case .state(_, to: .established), .state(_, to: .close), .state(_, to: .finWait1),
            .state(from: .established, to: .closeWait), .receivedReset, .sentReset:
            return true
        case .state: return !edges
        }
    }

    private mutating func deliver(until moment: Int64) {
        var waiting: [(arrival: Int64, item: Item)] = []
        for (arrival, item) in underway {
            guard arrival <= moment else {
                waiting.append((arrival, item))
                continue
            }
            let process = item.event.origin.map { Int64($0.process.pid) }
            ledger.observe(item.event, at: item.moment, process: process)
            outcome.evidence[item.life].lastHeard = item.moment
            if case .state(_, let state) = item.event.kind {
                outcome.evidence[item.life].isHeard = true
                outcome.evidence[item.life].told.append((state, item.moment))
            }
        }
        underway = waiting
    }

    private mutating func drainMessages(at moment: Int64) {
        var lost = false
        while let message = messages.first, message.moment <= moment {
            messages.removeFirst()
            if plan.detail == nil, plan.oneLost > 0, kernel.oneIn(plan.oneLost) {
                lost = true
                continue
            }
            let row = kernel.destroyMessage(of: kernel.lives[message.life])
            let received = min(moment, message.moment + kernel.random(0...50_000))
            ledger.observe(
                closes: [row],
                in: Window(earliest: min(received, message.moment), latest: received))
            guard plan.detail == nil else { continue }
            outcome.evidence[message.life].lastHeard = received
            outcome.evidence[message.life].isHeard = true
        }
        if lost { ledger.noteLoss(of: .closes, from: lastDrain, until: moment) }
    }

    private mutating func take(_ changes: [Change]) {
        for change in changes {
            switch change {
            case .alive(let record):
                if outcome.endings[record.id] != nil { outcome.revived.append(record.id) }
                outcome.records[record.id] = record
            case .ended(let record):
                outcome.records[record.id] = record
                outcome.endings[record.id, default: 0] += 1
            default: break
            }
        }
    }
}
