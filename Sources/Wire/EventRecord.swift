package import Model

/// Where `struct probe_record` of the BPF program keeps what.
package enum EventRecord {
    /// The length of every record.
    package static let octets = 120

    package static let time = 0
    package static let cookie = 8
    package static let netns = 16
    package static let kind = 24
    package static let oldState = 25
    package static let newState = 26
    package static let family = 27
    package static let localPort = 28
    package static let peerPort = 30
    package static let pid = 32
    package static let uid = 36
    package static let interface = 40
    /// For timers.
    package static let leftJiffies = 44
    /// For an end, in the same place.
    package static let error = 44
    package static let localAddress = 48
    package static let peerAddress = 64
    /// For a deed, where an end keeps its octets.
    package static let started = 80
    package static let comm = 88
    package static let bytesSent = 80
    package static let bytesRetransmitted = 88
    package static let bytesAcknowledged = 96
    package static let bytesReceived = 104
    package static let totalRetransmits = 112
    package static let rtt = 116

    /// The values of `kind`.
    package enum Kind {
        package static let transition: UInt8 = 1
        package static let end: UInt8 = 2
        package static let receivedReset: UInt8 = 3
        package static let timerStarted: UInt8 = 4
        package static let timerExpired: UInt8 = 5
        package static let timerCancelled: UInt8 = 6
        package static let sentReset: UInt8 = 7
        package static let deed: UInt8 = 8
    }

    /// Nanoseconds of a tick of /proc/PID/stat: USER_HZ is 100 on all that Swift runs on.
    fileprivate static let tickNanoseconds: UInt64 = 10_000_000
}

extension KernelEvent {
    /// The event of one record; nil when it is shorter than one, or of a kind or an address family
    /// that no program writes. A jiffy's length scales the timers.
    @inline(__always)
    package init?(record: RawSpan, jiffyMicroseconds: Int64) {
        guard record.byteCount >= EventRecord.octets,
            let kind = Kind(record, jiffyMicroseconds: jiffyMicroseconds),
            let tuple = EventRecord.tuple(in: record)
        else { return nil }
        self.init(
            bootNanoseconds: record.number(knownAt: EventRecord.time), kind: kind,
            cookie: record.number(knownAt: EventRecord.cookie),
            netns: record.number(knownAt: EventRecord.netns), tuple: tuple,
            pid: record.number(knownAt: EventRecord.pid),
            uid: record.number(knownAt: EventRecord.uid), final: FinalNumbers(record),
            origin: EventOrigin(record), handshakeMicroseconds: Self.handshake(kind, record))
    }

    @inline(__always)
    private static func handshake(_ kind: Kind, _ record: RawSpan) -> UInt32? {
        guard kind == .state(from: .synReceived, to: .established) else { return nil }
        let microseconds: UInt32 = record.number(knownAt: EventRecord.rtt)
        return microseconds == 0 ? nil : microseconds
    }
}

extension KernelEvent.Kind {
    @inline(__always)
    fileprivate init?(_ record: RawSpan, jiffyMicroseconds: Int64) {
        let old = TCPState(rawValue: record.number(knownAt: EventRecord.oldState))
        let new = TCPState(rawValue: record.number(knownAt: EventRecord.newState))
        let jiffies: Int32 = record.number(knownAt: EventRecord.leftJiffies)
        let left = Int64(jiffies) &* jiffyMicroseconds
        switch record.number(knownAt: EventRecord.kind, as: UInt8.self) {
        case EventRecord.Kind.transition, EventRecord.Kind.end, EventRecord.Kind.deed:
            self = .state(from: old, to: new)
        case EventRecord.Kind.receivedReset: self = .receivedReset(old)
        case EventRecord.Kind.sentReset: self = .sentReset(old)
        case EventRecord.Kind.timerStarted: self = .timerStarted(old, leftMicroseconds: left)
        case EventRecord.Kind.timerExpired: self = .timerExpired(old, leftMicroseconds: left)
        case EventRecord.Kind.timerCancelled: self = .timerCancelled(old, leftMicroseconds: left)
        default: return nil
        }
    }
}

extension FinalNumbers {
    @inline(__always)
    fileprivate init?(_ record: RawSpan) {
        guard record.number(knownAt: EventRecord.kind) == EventRecord.Kind.end else { return nil }
        self.init(
            bytesSent: record.number(knownAt: EventRecord.bytesSent),
            bytesRetransmitted: record.number(knownAt: EventRecord.bytesRetransmitted),
            bytesAcknowledged: record.number(knownAt: EventRecord.bytesAcknowledged),
            bytesReceived: record.number(knownAt: EventRecord.bytesReceived),
            totalRetransmits: record.number(knownAt: EventRecord.totalRetransmits),
            rttMicroseconds: record.number(knownAt: EventRecord.rtt),
            error: record.number(knownAt: EventRecord.error))
    }
}

extension EventOrigin {
    @inline(__always)
    fileprivate init?(_ record: RawSpan) {
        guard record.number(knownAt: EventRecord.kind) == EventRecord.Kind.deed else { return nil }
        let started: UInt64 = record.number(knownAt: EventRecord.started)
        self.init(
            process: ProcessIdentity(
                pid: record.number(knownAt: EventRecord.pid),
                startTicks: started / EventRecord.tickNanoseconds),
            comm: (
                low: record.number(knownAt: EventRecord.comm),
                high: record.number(knownAt: EventRecord.comm + 8)
            ))
    }
}

extension EventRecord {
    @inline(__always)
    fileprivate static func tuple(in record: RawSpan) -> FourTuple? {
        let family: UInt8 = record.number(knownAt: family)
        guard family == InetDiagMessage.ipv4Family || family == InetDiagMessage.ipv6Family else {
            return nil
        }
        return FourTuple(
            local: Endpoint(
                InetDiagMessage.address(in: record, at: localAddress, family: family),
                record.number(knownAt: localPort)),
            peer: Endpoint(
                InetDiagMessage.address(in: record, at: peerAddress, family: family),
                record.number(knownAt: peerPort)),
            interface: record.number(knownAt: interface))
    }
}
