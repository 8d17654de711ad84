import Probe
import Testing
import Wire

@Suite("The BPF program and its reader")
struct EventRecordLayoutTests {
    @Test("agree on the place of every field")
    func offsets() {
        typealias Record = probe_record
        #expect(MemoryLayout<Record>.size == EventRecord.octets)
        #expect(MemoryLayout<Record>.offset(of: \.boot_ns) == EventRecord.time)
        #expect(MemoryLayout<Record>.offset(of: \.cookie) == EventRecord.cookie)
        #expect(MemoryLayout<Record>.offset(of: \.netns) == EventRecord.netns)
        #expect(MemoryLayout<Record>.offset(of: \.kind) == EventRecord.kind)
        #expect(MemoryLayout<Record>.offset(of: \.old_state) == EventRecord.oldState)
        #expect(MemoryLayout<Record>.offset(of: \.new_state) == EventRecord.newState)
        #expect(MemoryLayout<Record>.offset(of: \.family) == EventRecord.family)
        #expect(MemoryLayout<Record>.offset(of: \.local_port) == EventRecord.localPort)
        #expect(MemoryLayout<Record>.offset(of: \.peer_port) == EventRecord.peerPort)
        #expect(MemoryLayout<Record>.offset(of: \.pid) == EventRecord.pid)
        #expect(MemoryLayout<Record>.offset(of: \.uid) == EventRecord.uid)
        #expect(MemoryLayout<Record>.offset(of: \.interface) == EventRecord.interface)
        #expect(MemoryLayout<Record>.offset(of: \.local_address) == EventRecord.localAddress)
        #expect(MemoryLayout<Record>.offset(of: \.peer_address) == EventRecord.peerAddress)
        #expect(MemoryLayout<Record>.offset(of: \.bytes_received) == EventRecord.bytesReceived)
        #expect(
            MemoryLayout<Record>.offset(of: \.total_retransmits) == EventRecord.totalRetransmits)
        #expect(MemoryLayout<Record>.offset(of: \.rtt_us) == EventRecord.rtt)
    }

    @Test("agree on the places that different kinds share")
    func unions() {
        #expect(place { $0.left_jiffies = -1 } == EventRecord.leftJiffies)
        #expect(place { $0.error = -1 } == EventRecord.error)
        #expect(place { $0.started_ns = .max } == EventRecord.started)
        #expect(place { $0.comm.0 = -1 } == EventRecord.comm)
        #expect(place { $0.bytes_sent = .max } == EventRecord.bytesSent)
        #expect(place { $0.bytes_retransmitted = .max } == EventRecord.bytesRetransmitted)
        #expect(place { $0.bytes_acknowledged = .max } == EventRecord.bytesAcknowledged)
    }

    /// Where a record begins to differ from an empty one.
    private func place(_ change: (inout probe_record) -> Void) -> Int? {
        var record = probe_record()
        change(&record)
        return withUnsafeBytes(of: record) { $0.firstIndex { $0 != 0 } }
    }

    @Test("agree on the kinds")
    func kinds() {
        #expect(UInt32(EventRecord.Kind.transition) == PROBE_TRANSITION.rawValue)
        #expect(UInt32(EventRecord.Kind.end) == PROBE_END.rawValue)
        #expect(UInt32(EventRecord.Kind.receivedReset) == PROBE_RECEIVED_RESET.rawValue)
        #expect(UInt32(EventRecord.Kind.timerStarted) == PROBE_TIMER_STARTED.rawValue)
        #expect(UInt32(EventRecord.Kind.timerExpired) == PROBE_TIMER_EXPIRED.rawValue)
        #expect(UInt32(EventRecord.Kind.timerCancelled) == PROBE_TIMER_CANCELLED.rawValue)
        #expect(UInt32(EventRecord.Kind.sentReset) == PROBE_SENT_RESET.rawValue)
        #expect(UInt32(EventRecord.Kind.deed) == PROBE_DEED.rawValue)
    }

    @Test("are embedded as an ELF file for BPF")
    func embedded() throws {
        let object = probe_object()
        let bytes = UnsafeRawBufferPointer(start: object.start, count: object.octets)
        #expect(bytes.starts(with: [0x7f, 0x45, 0x4c, 0x46]))
        // e_machine: EM_BPF is 247.
        #expect(bytes.loadUnaligned(fromByteOffset: 18, as: UInt16.self) == 247)
    }
}

@Suite("What stands in the way of events")
struct EventObstacleTests {
    private static let symbols = Array(
        """
        ffffffff81e00000 T _stext
        ffffffff82006870 t tw_timer_handler
        ffffffff82006900 t my_tw_timer_handler
        ffffffffc0000000 t module_symbol\t[module]

        """.utf8)

    private func address(_ name: String, in text: [UInt8]) -> UInt64? {
        EventSymbol.address(of: name, in: text.span.bytes)
    }

    @Test("is not the address of a symbol that the kernel shows")
    func symbol() {
        #expect(address("tw_timer_handler", in: Self.symbols) == 0xffff_ffff_8200_6870)
        #expect(address("_stext", in: Self.symbols) == 0xffff_ffff_81e0_0000)
        #expect(address("timer_handler", in: Self.symbols) == nil)
        #expect(address("module_symbol", in: Self.symbols) == nil)
    }

    @Test("is an address that it hides, or does not have")
    func hidden() {
        let text = Array("0000000000000000 t tw_timer_handler\n".utf8)
        #expect(address("tw_timer_handler", in: text) == nil)
        #expect(address("tw_timer_handler", in: []) == nil)
        for length in 0..<Self.symbols.count {
            _ = address("tw_timer_handler", in: Array(Self.symbols[..<length]))
        }
    }

    @Test("is a privilege that the process lacks")
    func privileges() {
        func missing(_ bits: String) -> [String]? {
            ProcessPrivileges(status: Array("Name:\tx\nCapEff:\t\(bits)\nSeccomp:\t0\n".utf8))?
                .missing
        }
        #expect(missing("0000000000000000") == ["CAP_PERFMON", "CAP_BPF"])
        #expect(missing("0000004000000000") == ["CAP_BPF"])
        #expect(missing("0000008000000000") == ["CAP_PERFMON"])
        #expect(missing("000000c000000000") == [])
        #expect(missing("0000000000200000") == [])
        #expect(missing("none") == nil)
        #expect(ProcessPrivileges(status: []) == nil)
    }
}
