import Model

/// One end of a connection as a story names it; its rows are what a dump would show of it.
struct Flow {
    static let jiffy: Int64 = 4_000

    var cookie: UInt64
    var tuple: FourTuple
    var inode: UInt64
    var uid: UInt32 = 1000

    /// Cookie 0: as /proc shows it. By default a connection of 10.0.0.1 to 10.0.0.2, port 443.
    init(
        _ cookie: UInt64, local: String = "10.0.0.1", port: UInt16 = 40_000,
        peer: String = "10.0.0.2", peerPort: UInt16 = 443, interface: UInt32 = 0,
        inode: UInt64? = nil
    ) {
        self.cookie = cookie
        tuple = FourTuple(
            local: Self.endpoint(local, port), peer: Self.endpoint(peer, peerPort),
            interface: interface)
        self.inode = inode ?? 70_000 + cookie
    }

    static func endpoint(_ address: String, _ port: UInt16) -> Endpoint {
        Endpoint(IPAddress(address) ?? IPAddress(ipv4: 0), port)
    }

    // MARK: Rows

    /// A full socket in this state, without tcp_info.
    func row(_ state: TCPState, inode: UInt64? = nil) -> SocketRow {
        var row = SocketRow(cookie: cookie, tuple: tuple, state: state)
        row.timerGranuleMicroseconds = Self.jiffy
        row.inode = inode ?? self.inode
        row.uid = row.inode == 0 ? 0 : uid
        return row
    }

    var synSent: SocketRow { row(.synSent) }
    var synReceived: SocketRow { row(.synReceived, inode: 0) }
    var estab: SocketRow { row(.established) }
    var finWait1: SocketRow { row(.finWait1) }
    var finWait2: SocketRow { row(.finWait2) }
    var closing: SocketRow { row(.closing, inode: 0) }
    var closeWait: SocketRow { row(.closeWait) }
    var lastAck: SocketRow { row(.lastAck, inode: 0) }

    /// A TIME_WAIT whose timer has this left, ms.
    func timeWait(left: UInt32) -> SocketRow { mini(.timeWait, left: left) }

    /// An orphaned FIN_WAIT2, which lives on without its socket.
    func orphan(left: UInt32 = 30_000) -> SocketRow { mini(.finWait2, left: left) }

    private func mini(_ state: TCPState, left: UInt32) -> SocketRow {
        var row = row(state, inode: 0)
        row.timer = 3
        row.expiresMilliseconds = left
        return row
    }
}

extension SocketRow {
    /// With what tcp_info says of octets; `acknowledged` counts the SYN of a client and our FIN,
    /// `received` the peer's FIN.
    func octets(
        sent: UInt64 = 0, again: UInt64 = 0, acknowledged: UInt64 = 0, received: UInt64 = 0
    ) -> SocketRow {
        var info = self.info ?? TCPInfo()
        info.bytesSent = sent
        info.bytesRetransmitted = again
        info.bytesAcknowledged = acknowledged
        info.bytesReceived = received
        var row = self
        row.info = info
        return row
    }

    /// With what tcp_info says of idle times, ms.
    func idle(sent: UInt32 = 0, received: UInt32 = 0, acknowledged: UInt32 = 0) -> SocketRow {
        var info = self.info ?? TCPInfo()
        info.lastDataSentMilliseconds = sent
        info.lastDataReceivedMilliseconds = received
        info.lastAckReceivedMilliseconds = acknowledged
        var row = self
        row.info = info
        return row
    }

    func queues(receive: UInt32 = 0, send: UInt32 = 0) -> SocketRow {
        var row = self
        row.receiveQueue = receive
        row.sendQueue = send
        return row
    }
}

/// A listening socket.
func listening(
    _ cookie: UInt64, on address: String = "0.0.0.0", port: UInt16 = 80, waiting: UInt32 = 0,
    backlog: UInt32 = 128, inode: UInt64? = nil
) -> SocketRow {
    var row = SocketRow(
        cookie: cookie,
        tuple: FourTuple(
            local: Flow.endpoint(address, port),
            peer: Flow.endpoint(address.contains(":") ? "::" : "0.0.0.0", 0)),
        state: .listen)
    row.receiveQueue = waiting
    row.sendQueue = backlog
    row.inode = inode ?? 90_000 + cookie
    row.uid = 33
    return row
}

/// Bounds in µs, as a story writes them.
func between(_ earliest: Int64?, _ latest: Int64?) -> Bounds {
    Bounds(earliest: earliest, latest: latest)
}
