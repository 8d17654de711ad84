import Model

/// Joins what dumps show into connections: observations in, changes out. Knows no clock and makes
/// no call. One ledger serves one network namespace of one boot.
///
/// A sample goes `beginSample`, `observe` for each piece of the dump, `endDump`, `settle` for each
/// socket that the dump did not show, `endSample`. Owners may be named before `endSample`.
package struct ConnectionLedger {
    /// Connections that are there, LISTEN, SYN-RECV and unconnected sockets not among them.
    package private(set) var count = 0
    /// Contradictions between two pieces of evidence, and changes that a dump told though events
    /// should have, over the whole recording.
    package internal(set) var drift: Int64 = 0
    /// Rows that dumps showed twice, over the whole recording.
    package internal(set) var duplicates: Int64 = 0
    /// Events that came too late to tell anything, or twice, over the whole recording.
    package internal(set) var lateEvents: Int64 = 0
    /// The listening sockets.
    package internal(set) var listeners: ListenerLedger

    /// The namespace's cookie, 0 when the kernel has none.
    let netns: UInt64
    let numbering: Numbering
    /// Whether dumps tell cookies; without them the 4-tuple alone names a socket.
    private let hasCookies: Bool
    var hot: ContiguousArray<HotSocket> = []
    var records: ContiguousArray<ConnectionRecord> = []
    private var free: [Int] = []
    /// Places by cookie, or by 4-tuple where there is none.
    var names = SlotIndex()
    /// The place of the row before: what followed it in one dump most often follows it in the next.
    var last = 0

    /// What comes by itself, beside the dumps.
    var hearing = Hearing()
    var attempts = AttemptCount()

    var sample: Int64 = 0
    /// Whether the running sample rests on a dump.
    var isDumping = false
    /// Whether the running sample has no table yet.
    var isTaking = false
    /// The dumps until now.
    var generation: UInt32 = 0
    /// The last dump of which rows came.
    var shownBy: UInt32 = 0
    var states = StateCounts()
    /// Connections that are there by their states, kept with each change.
    private(set) var population = StateCounts()
    /// Sockets that no sample has shown in their present state, some perhaps twice.
    var unshown: [Int] = []
    /// Unconnected sockets that the last dump showed.
    var unconnected: Int64 = 0
    /// When complete dumps began, the latest last: what was not in one of them was not there, but
    /// for a rare miss that later evidence tells.
    var absences: [Int64] = []
    /// The last complete dump.
    var dumped = Window(earliest: .min, latest: .min)
    /// Times when the host slept, the latest last.
    var sleeps: [Sleep] = []
    /// Handshakes not yet complete, by cookie.
    var handshakes = NumberTable<Handshake>()
    /// Connections first seen by this sample, and their ids by the marks of their 4-tuples; 0 for a
    /// handshake.
    var appeared: [Int] = []
    var appearedMarks = NumberTable<Int64>()
    var dirty: [Int] = []
    var ended: [ConnectionRecord] = []
    /// Connections that ended since the last sample, which hands them over.
    package var waitingEnds: Int { ended.count }
    var missed: [(sample: Int64, connection: Int64)] = []
    var furtherOwners: [OwnerRecord] = []
    /// Sockets whose owner is looked for, and how often it was.
    var unowned: [Int: Int] = [:]

    /// A bare SYN-RECV, which a flood must not turn into rows.
    struct Handshake {
        var attempted: Bounds
        /// It was not open yet at this moment, µs: the earliest of its last sight.
        var seen: Int64
        var generation: UInt32
    }

    /// Timers stand still while the host sleeps; the boot clock goes on.
    struct Sleep {
        /// On the recording's axis, µs.
        var woke: Int64
        var length: Int64
    }

    /// A ledger that numbers its connections and listeners by what all ledgers share.
    package init(netns: UInt64, numbering: Numbering, hasCookies: Bool = true) {
        self.netns = netns
        self.hasCookies = hasCookies
        self.numbering = numbering
        listeners = ListenerLedger(netns: netns, numbering: numbering)
    }

    // MARK: Slots

    // Look-ups are `mutating` though they change nothing: called on a value that is being changed,
    // what is not would be given a copy of the whole ledger, each time.

    mutating func slot(of row: SocketRow) -> Int? {
        slot(key(row.cookie, row.tuple), identity(row.cookie, row.tuple))
    }

    mutating func slot(_ key: UInt64, _ identity: UInt64) -> Int? {
        names.find(key) { hot[$0].identity == identity }
    }

    /// Leads to all that has the cookie.
    mutating func key(_ cookie: UInt64, _ tuple: FourTuple) -> UInt64 {
        cookie == 0 || !hasCookies ? tuple.mark : cookie.mixed
    }

    /// Tells one connection from any other: a cookie alone does not, as a TIME-WAIT shares it with
    /// what its descriptor connected to next.
    mutating func identity(_ cookie: UInt64, _ tuple: FourTuple) -> UInt64 {
        hasCookies ? tuple.mark(with: cookie) : tuple.mark
    }

    mutating func insert(_ record: ConnectionRecord, _ socket: HotSocket) -> Int {
        let slot: Int
        let key = key(record.cookie, record.tuple)
        // Where a descriptor connects anew to the same peer, two lives have one name: the later
        // keeps it.
        if let former = self.slot(key, socket.identity) { hot[former].identity = 0 }
        if let last = free.popLast() {
            slot = last
            hot[slot] = socket
            records[slot] = record
        } else {
            slot = hot.count
            Self.enlarge(&hot)
            hot.append(socket)
            Self.enlarge(&records)
            records.append(record)
        }
        names.insert(key, slot)
        if hearing.isOn { index(slot) }
        count += 1
        population.add(socket.state)
        if socket.flags.contains(.unshown) { unshown.append(slot) }
        return slot
    }

    /// Has a full array grow by a quarter: a doubled one would be half empty.
    private static func enlarge<Element>(_ array: inout ContiguousArray<Element>) {
        guard array.count == array.capacity else { return }
        array.reserveCapacity(array.count + max(256, array.count / 4))
    }

    /// The full socket of a cookie.
    mutating func life(of cookie: UInt64) -> Int? { told(cookie, isMini: false) }

    /// The mini-socket of a cookie, which a reconnect shares with a full socket.
    mutating func mini(of cookie: UInt64) -> Int? { told(cookie, isMini: true) }

    private mutating func told(_ cookie: UInt64, isMini: Bool) -> Int? {
        guard cookie != 0 else { return nil }
        return names.find(cookie.mixed) {
            hot[$0].flags.isTold(asMini: isMini) && records[$0].cookie == cookie
        }
    }

    /// Lets a cookie lead to its socket, full or mini.
    mutating func index(_ slot: Int) {
        let cookie = records[slot].cookie
        guard cookie != 0, !hot[slot].flags.contains(.awaiting) else { return }
        hot[slot].flags.remove(.told)
        if let former = told(cookie, isMini: hot[slot].flags.contains(.mini)) {
            hot[former].flags.remove(.told)
        }
        hot[slot].flags.insert(.told)
    }

    /// Gives a socket the names by which it is found from now on.
    mutating func rename(_ slot: Int, _ tuple: FourTuple, cookie: UInt64) {
        names.remove(key(records[slot].cookie, records[slot].tuple), slot)
        records[slot].tuple = tuple
        records[slot].cookie = cookie
        let (key, identity) = (key(cookie, tuple), identity(cookie, tuple))
        if let former = self.slot(key, identity) { hot[former].identity = 0 }
        hot[slot].identity = identity
        names.insert(key, slot)
        hot[slot].flags.remove(.told)
        if hearing.isOn { index(slot) }
    }

    mutating func remove(_ slot: Int) {
        names.remove(key(records[slot].cookie, records[slot].tuple), slot)
        if hot[slot].flags.contains(.cancelled) {
            hearing.cancels[records[slot].tuple.mark] = nil
        }
        if hearing.closes, hearing.heirs[records[slot].tuple.mark] == slot {
            hearing.heirs[records[slot].tuple.mark] = nil
        }
        if !unowned.isEmpty { unowned[slot] = nil }
        if !hot[slot].flags.contains(.awaiting) { population.remove(hot[slot].state) }
        hot[slot].flags = []
        hot[slot].identity = 0
        records[slot].spans = []
        free.append(slot)
        count -= 1
    }

    // MARK: States

    /// The socket is in another state.
    mutating func setState(_ slot: Int, _ state: TCPState) {
        if !hot[slot].flags.contains(.awaiting) {
            population.remove(hot[slot].state)
            population.add(state)
        }
        hot[slot].state = state
        records[slot].state = state
    }

    /// No table holds the socket until it is known what it left.
    mutating func setAwaiting(_ slot: Int) {
        guard !hot[slot].flags.contains(.awaiting) else { return }
        records[slot].lastSample = lastSample(of: slot)
        hot[slot].flags.insert(.awaiting)
        population.remove(hot[slot].state)
    }

    /// It is known what the socket left.
    mutating func endAwaiting(_ slot: Int) {
        guard hot[slot].flags.contains(.awaiting) else { return }
        records[slot].lastSample = nil
        hot[slot].flags.remove(.awaiting)
        population.add(hot[slot].state)
    }

    /// No sample has shown the state that the socket is in now.
    mutating func hide(_ slot: Int) {
        guard !hot[slot].flags.contains(.unshown) else { return }
        hot[slot].flags.insert(.unshown)
        unshown.append(slot)
    }

    mutating func touch(_ slot: Int) {
        guard !hot[slot].flags.contains(.dirty) else { return }
        hot[slot].flags.insert(.dirty)
        dirty.append(slot)
    }
}
