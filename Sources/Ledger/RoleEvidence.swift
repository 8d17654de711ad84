package import Model

/// What tells which end this host is, without a guess from port ranges.
package enum RoleEvidence {
    /// The SYN takes one octet of sequence space (RFC 9293, section 3.4) and Linux counts it in
    /// `tcpi_bytes_acked` of the end that sent the SYN as ESTABLISHED is reached, while the other
    /// end begins to count behind its SYN. With nothing in flight the surplus over the payload
    /// sent is therefore 1 for a client, 0 for a server; before our own FIN only.
    package static func fromSequenceSpace(_ row: SocketRow) -> Role {
        guard row.state == .established || row.state == .closeWait,
            let info = row.info, info.unacknowledgedSegments == 0, row.sendQueue == 0,
            let acknowledged = info.bytesAcknowledged,
            let sent = info.bytesSent, let again = info.bytesRetransmitted,
            sent >= again, acknowledged >= sent - again
        else { return .unknown }
        switch acknowledged - (sent - again) {
        case 0: return .server
        case 1: return .client
        default: return .unknown
        }
    }

    /// Payload octets sent and received, as far as the row tells them. The peer's FIN is counted
    /// as received from CLOSE_WAIT on.
    static func payload(of row: SocketRow) -> (sent: UInt64?, received: UInt64?) {
        guard let info = row.info else { return (nil, nil) }
        var sent: UInt64?
        if let all = info.bytesSent, let again = info.bytesRetransmitted, all >= again {
            sent = all - again
        }
        var received = info.bytesReceived
        switch row.state {
        case .closeWait, .lastAck, .closing: received = received.map { $0 > 0 ? $0 - 1 : 0 }
        default: break
        }
        return (sent, received)
    }

    /// Since the connection was opened at the least, µs: the longest of its idle times. None of
    /// them can begin before ESTABLISHED; with traffic both ways they say little.
    static func leastAge(of row: SocketRow) -> Int64? {
        guard row.state != .synSent, row.state != .close, !row.isMiniSocket, let info = row.info
        else { return nil }
        let idle = max(
            info.lastDataSentMilliseconds, info.lastDataReceivedMilliseconds,
            info.lastAckReceivedMilliseconds)
        let age =
            Int64(idle) * 1000 - row.timerGranuleMicroseconds
            - TimeWaitClock.tickLateness - 1000
        return age > 0 ? age : nil
    }
}
