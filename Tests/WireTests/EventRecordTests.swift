import Model
import Probe
import Testing
import Wire

@Suite("A record of the BPF program")
struct EventRecordTests {
    private func decode(_ bytes: [UInt8]) -> KernelEvent? {
        KernelEvent(record: bytes.span.bytes, jiffyMicroseconds: 4_000)
    }

    private func tuple(_ local: String, _ localPort: UInt16, _ peer: String, _ peerPort: UInt16)
        throws -> FourTuple
    {
        FourTuple(
            local: Endpoint(try #require(IPAddress(local)), localPort),
            peer: Endpoint(try #require(IPAddress(peer)), peerPort))
    }

    @Test("tells a connect over IPv6")
    func connecting() throws {
        let event = try #require(decode(RecordedEvents.synSent))
        #expect(event.kind == .state(from: .close, to: .synSent))
        #expect(event.cookie == RecordedEvents.second)
        #expect(event.netns == RecordedEvents.netns)
        #expect(event.pid == RecordedEvents.pid)
        #expect(event.tuple == (try tuple("::1", 40_002, "::1", 4_712)))
        #expect(event.final == nil)
        #expect(event.uid == 0)
        #expect(event.bootNanoseconds == 7_854_646_130_278)
    }

    @Test("tells a reset received")
    func reset() throws {
        let event = try #require(decode(RecordedEvents.receivedReset))
        #expect(event.kind == .receivedReset(.established))
        #expect(event.cookie == RecordedEvents.second)
        #expect(event.final == nil)
    }

    @Test("tells a socket's end with its octets: SYN, payload and FIN")
    func ending() throws {
        let event = try #require(decode(RecordedEvents.end))
        #expect(event.kind == .state(from: .finWait2, to: .close))
        #expect(event.cookie == RecordedEvents.first)
        #expect(event.tuple == (try tuple("127.0.0.1", 40_001, "127.0.0.2", 4_711)))
        let final = try #require(event.final)
        #expect(final.bytesSent == 300)
        #expect(final.bytesRetransmitted == 0)
        #expect(final.bytesAcknowledged == 1 + 300 + 1)
        #expect(final.bytesReceived == 20 + 1)
        #expect(final.totalRetransmits == 0)
        #expect(final.rttMicroseconds == 5_353)
    }

    @Test("tells a mini-socket's timer and what is left of it")
    func timers() throws {
        let began = try #require(decode(RecordedEvents.timeWait))
        #expect(began.kind == .timerStarted(.timeWait, leftMicroseconds: 60_000_000))
        #expect(began.cookie == RecordedEvents.first)
        #expect(began.tuple == (try tuple("127.0.0.1", 40_001, "127.0.0.2", 4_711)))
        let cancelled = try #require(decode(RecordedEvents.cancelled))
        guard case .timerCancelled(.timeWait, let left) = cancelled.kind else {
            Issue.record("\(cancelled)")
            return
        }
        // The boot clock and the timer's own count agree to a jiffy.
        let elapsed = (cancelled.bootNanoseconds - began.bootNanoseconds) / 1_000
        #expect(abs(left + elapsed - 60_000_000) <= 4_000)
        let expired = try #require(decode(RecordedEvents.expired))
        #expect(expired.kind == .timerExpired(.finWait2, leftMicroseconds: -20_000))
        #expect(expired.cookie == RecordedEvents.third)
    }

    @Test("holds an interface, an owner and every number at its place")
    func everyField() throws {
        var bytes = [UInt8](0..<120)
        bytes[24] = 2
        bytes[27] = 10
        let event = try #require(decode(bytes))
        #expect(event.uid == 0x2726_2524)
        #expect(event.tuple.interface == 0x2b2a_2928)
        #expect(event.tuple.local.port == 0x1d1c)
        #expect(event.tuple.peer.port == 0x1f1e)
        #expect(event.tuple.local.address.high == 0x3031_3233_3435_3637)
        #expect(event.tuple.peer.address.low == 0x4849_4a4b_4c4d_4e4f)
        #expect(event.final?.bytesRetransmitted == 0x5f5e_5d5c_5b5a_5958)
        #expect(event.final?.totalRetransmits == 0x7372_7170)
        #expect(event.final?.error == 0x2f2e_2d2c)
        #expect(event.origin == nil)
        #expect(event.kind == .state(from: TCPState(rawValue: 25), to: TCPState(rawValue: 26)))
    }

    @Test("holds the process of a deed where an end holds its octets")
    func deed() throws {
        var bytes = [UInt8](0..<120)
        bytes[24] = 8
        bytes[27] = 2
        let event = try #require(decode(bytes))
        #expect(event.kind == .state(from: TCPState(rawValue: 25), to: TCPState(rawValue: 26)))
        #expect(event.final == nil)
        let origin = try #require(event.origin)
        #expect(origin.process.pid == 0x2322_2120)
        // 0x5756555453525150 ns in ticks of 10 ms.
        #expect(origin.process.startTicks == 629_331_134_996)
        #expect(origin.comm.low == 0x5f5e_5d5c_5b5a_5958)
        #expect(origin.comm.high == 0x6766_6564_6362_6160)
    }

    @Test("holds a handshake only where a server's handshake ends")
    func handshake() throws {
        var bytes = [UInt8](repeating: 0, count: 120)
        bytes.replaceSubrange(24..<28, with: [1, 3, 1, 2])
        #expect(try #require(decode(bytes)).handshakeMicroseconds == nil)
        bytes[116] = 7
        bytes[118] = 1
        #expect(try #require(decode(bytes)).handshakeMicroseconds == 65_543)
        bytes[25] = 2
        #expect(try #require(decode(bytes)).handshakeMicroseconds == nil)
        bytes.replaceSubrange(24..<27, with: [7, 1, 1])
        let reset = try #require(decode(bytes))
        #expect(reset.kind == .sentReset(.established))
        #expect(reset.handshakeMicroseconds == nil)
    }

    @Test("is refused when it is cut short, or of a kind or family that no program writes")
    func refused() {
        for record in RecordedEvents.all {
            #expect(decode(record) != nil)
            for length in 0..<record.count { #expect(decode(Array(record[..<length])) == nil) }
            for kind in [0, 9, 255] as [UInt8] {
                var changed = record
                changed[EventRecord.kind] = kind
                #expect(decode(changed) == nil)
            }
            for family in [0, 1, 11] as [UInt8] {
                var changed = record
                changed[EventRecord.family] = family
                #expect(decode(changed) == nil)
            }
        }
    }

    @Test("never traps, whatever it holds", arguments: 0..<40 as Range<UInt64>)
    func random(seed: UInt64) {
        var generator = HostileInputTests.Seeded(state: seed)
        for _ in 0..<500 {
            let count = Int.random(in: 100...140, using: &generator)
            var bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
            bytes[EventRecord.kind] = UInt8.random(in: 0...10, using: &generator)
            bytes[EventRecord.family] = Bool.random(using: &generator) ? 2 : 10
            let told = KernelEvent(record: bytes.span.bytes, jiffyMicroseconds: .max)
            #expect((told != nil) == (count >= 120 && (1...8).contains(bytes[EventRecord.kind])))
        }
    }
}
