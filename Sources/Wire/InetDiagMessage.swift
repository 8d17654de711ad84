import Model

/// Where `struct inet_diag_msg` of <linux/inet_diag.h> keeps what.
enum InetDiagMessage {
    /// Octets before the attributes.
    static let length = 72
    /// The attribute that holds `struct tcp_info` (INET_DIAG_INFO).
    static let infoAttribute: UInt16 = 2

    /// The attribute that tells the protocol (INET_DIAG_PROTOCOL), in destroy messages alone.
    static let protocolAttribute: UInt16 = 10
    /// IPPROTO_TCP.
    static let tcp: UInt8 = 6

    /// AF_INET.
    static let ipv4Family: UInt8 = 2
    /// AF_INET6.
    static let ipv6Family: UInt8 = 10

    /// The 4-tuple of the message that begins at this offset; nil for other families.
    @inline(__always)
    static func tuple(in bytes: RawSpan, at start: Int) -> FourTuple? {
        let family: UInt8 = bytes.number(knownAt: start)
        guard family == ipv4Family || family == ipv6Family else { return nil }
        return FourTuple(
            local: Endpoint(
                address(in: bytes, at: start + 8, family: family), port(in: bytes, at: start + 4)),
            peer: Endpoint(
                address(in: bytes, at: start + 24, family: family), port(in: bytes, at: start + 6)),
            interface: bytes.number(knownAt: start + 40))
    }

    /// `idiag_cookie`: the low word first.
    @inline(__always)
    static func cookie(in bytes: RawSpan, at start: Int) -> UInt64 {
        let low: UInt32 = bytes.number(knownAt: start + 44)
        let high: UInt32 = bytes.number(knownAt: start + 48)
        return UInt64(low) | UInt64(high) << 32
    }

    /// Whether the message that fills these octets names another protocol than this one.
    static func isOther(than wanted: UInt8, in bytes: RawSpan, _ payload: Range<Int>) -> Bool {
        guard payload.count >= length else { return false }
        var attributes = AttributeCursor(payload.lowerBound + length..<payload.upperBound)
        while let attribute = attributes.next(in: bytes) {
            guard attribute.type == protocolAttribute else { continue }
            let named: UInt8? = bytes.number(at: attribute.value.lowerBound)
            return !attribute.value.isEmpty && named != wanted
        }
        return false
    }

    @inline(__always)
    private static func port(in bytes: RawSpan, at offset: Int) -> UInt16 {
        UInt16(bigEndian: bytes.number(knownAt: offset))
    }

    @inline(__always)
    static func address(in bytes: RawSpan, at offset: Int, family: UInt8) -> IPAddress {
        if family == ipv4Family {
            return IPAddress(ipv4: UInt32(bigEndian: bytes.number(knownAt: offset)))
        }
        return IPAddress(
            high: UInt64(bigEndian: bytes.number(knownAt: offset)),
            low: UInt64(bigEndian: bytes.number(knownAt: offset + 8)))
    }
}

extension SocketRow {
    /// Appends the socket of one `struct inet_diag_msg` and its attributes; false when it is too
    /// short or of a family other than IPv4 and IPv6. An attribute that cannot be read leaves a
    /// fault.
    @inline(__always)
    static func append(
        to rows: inout [SocketRow], _ bytes: RawSpan, payload: Range<Int>,
        granuleMicroseconds: Int64, fault: inout WireError?
    ) -> Bool {
        let start = payload.lowerBound
        let end = start + InetDiagMessage.length
        guard start >= 0, end <= min(payload.upperBound, bytes.byteCount) else { return false }
        // Cut out once, so that a field costs no further look at the datagram's bounds.
        let message = bytes.extracting(start..<end)
        guard let tuple = InetDiagMessage.tuple(in: message, at: 0) else { return false }
        var attributes = AttributeCursor(end..<payload.upperBound)
        var info: TCPInfo?
        while let attribute = attributes.next(in: bytes) {
            guard attribute.type == InetDiagMessage.infoAttribute else { continue }
            info = TCPInfo(bytes, at: attribute.value)
        }
        fault = fault ?? attributes.fault
        // Not by way of an optional row: each would be copied once more.
        rows.append(
            SocketRow(tuple, message, info: info, granuleMicroseconds: granuleMicroseconds))
        return true
    }

    @inline(__always)
    private init(
        _ tuple: FourTuple, _ message: RawSpan, info: TCPInfo?, granuleMicroseconds: Int64
    ) {
        let state = TCPState(rawValue: message.number(knownAt: 1))
        self.init(
            cookie: InetDiagMessage.cookie(in: message, at: 0), tuple: tuple,
            state: state == .newSynReceived ? .synReceived : state)
        timer = message.number(knownAt: 2)
        timerGranuleMicroseconds = granuleMicroseconds
        expiresMilliseconds = message.number(knownAt: 52)
        receiveQueue = message.number(knownAt: 56)
        sendQueue = message.number(knownAt: 60)
        uid = message.number(knownAt: 64)
        inode = UInt64(message.number(knownAt: 68, as: UInt32.self))
        self.info = info
    }
}

extension DatagramRow {
    /// The UDP socket of one `struct inet_diag_msg`; nil when it is too short or of a family other
    /// than IPv4 and IPv6.
    init?(_ bytes: RawSpan, payload: Range<Int>) {
        let start = payload.lowerBound
        guard payload.count >= InetDiagMessage.length,
            let tuple = InetDiagMessage.tuple(in: bytes, at: start)
        else { return nil }
        self.init(
            cookie: InetDiagMessage.cookie(in: bytes, at: start), tuple: tuple,
            uid: bytes.number(knownAt: start + 64),
            inode: UInt64(bytes.number(knownAt: start + 68, as: UInt32.self)))
    }
}
