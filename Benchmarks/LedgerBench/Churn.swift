import Ledger
import Model
import Yardstick

/// Whole connections told by events alone, both ends on this host: each round opens as many as end
/// in it, while so many are in TIME-WAIT.
struct Churn {
    private static let timeWait: Int64 = 60_000_000

    private let lives: Int
    private var ledger = ConnectionLedger(netns: 1, numbering: Numbering())
    private var begun = 0
    private var ended = 0
    private var samples: Int64 = 0
    private var told = 0

    /// A table that holds so many mini-sockets.
    init(lives: Int) {
        self.lives = lives
        ledger.hear(.full, timers: true, from: 0)
        while begun < lives { step(ending: false) }
        sample()
    }

    /// What a connection and an event cost, ns; a row of the ledger is one end of a connection.
    mutating func round() -> (connection: Double, event: Double) {
        let connections = max(1000, lives / 4)
        told = 0
        let before = yardstick_now()
        for number in 0..<connections {
            step(ending: true)
            if number % 10_000 == 9_999 { sample() }
        }
        let took = Double(yardstick_now() - before)
        sample()
        return (took / Double(2 * connections), took / Double(told))
    }

    private mutating func step(ending: Bool) {
        open(begun)
        begun += 1
        guard ending else { return }
        expire(ended)
        ended += 1
    }

    private mutating func sample() {
        samples += 1
        ledger.beginSample(samples)
        _ = ledger.endSample()
    }

    /// 100 µs lie between one connection's beginning and the next.
    private func moment(_ number: Int) -> Int64 { Int64(number) * 100 + 1_000 }

    private func tuple(_ number: Int, hasPort: Bool = true) -> FourTuple {
        let local = Endpoint(
            IPAddress(ipv4: 0x7f00_0001 + UInt32(number / 50_000 % 256)),
            hasPort ? UInt16(10_000 + number % 50_000) : 0)
        return FourTuple(local: local, peer: Endpoint(IPAddress(ipv4: 0x7f01_0001), 443))
    }

    private mutating func tell(
        _ number: Int, server: Bool, _ kind: KernelEvent.Kind, after: Int64,
        _ final: FinalNumbers? = nil, hasPort: Bool = true
    ) {
        let known = tuple(number, hasPort: hasPort)
        let event = KernelEvent(
            bootNanoseconds: 0, kind: kind, cookie: UInt64(2 * number + (server ? 2 : 1)),
            netns: 1, tuple: server ? known.mirrored : known, uid: 33, final: final)
        told += 1
        ledger.observe(event, at: moment(number) + after, process: server ? nil : 7)
    }

    private mutating func open(_ number: Int) {
        let left = Self.timeWait
        let numbers = FinalNumbers(
            bytesSent: 100, bytesRetransmitted: 0, bytesAcknowledged: 102, bytesReceived: 101,
            totalRetransmits: 0, rttMicroseconds: 30)
        tell(number, server: false, .state(from: .close, to: .synSent), after: 0, hasPort: false)
        tell(number, server: false, .state(from: .synSent, to: .established), after: 10)
        tell(number, server: true, .state(from: .synReceived, to: .established), after: 12)
        tell(number, server: false, .state(from: .established, to: .finWait1), after: 40)
        tell(number, server: true, .state(from: .established, to: .closeWait), after: 42)
        tell(number, server: false, .state(from: .finWait1, to: .finWait2), after: 44)
        tell(number, server: true, .state(from: .closeWait, to: .lastAck), after: 60)
        tell(
            number, server: false, .timerStarted(.timeWait, leftMicroseconds: left), after: 62)
        tell(number, server: false, .state(from: .finWait2, to: .close), after: 64, numbers)
        tell(number, server: true, .state(from: .lastAck, to: .close), after: 66, numbers)
    }

    /// Its TIME-WAIT ends while a later one begins.
    private mutating func expire(_ number: Int) {
        let after = moment(begun) - moment(number)
        tell(number, server: false, .timerCancelled(.timeWait, leftMicroseconds: 0), after: after)
        tell(number, server: false, .timerExpired(.timeWait, leftMicroseconds: 0), after: after)
    }
}
