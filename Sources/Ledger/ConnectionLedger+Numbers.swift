import Model

// What a row tells besides its state.
extension ConnectionLedger {
    mutating func update(_ row: SocketRow, _ slot: Int) {
        hot[slot].fingerprint = row.fingerprint
        if row.inode != hot[slot].inode, row.inode != 0 {
            hot[slot].inode = row.inode
            if records[slot].process == nil { unowned[slot] = 0 }
        }
        if records[slot].role == .unknown { records[slot].role = role(of: row) }
        Self.setNumbers(of: &records[slot], row)
        hot[slot].flags.insert(.moved)
    }

    mutating func role(of row: SocketRow) -> Role {
        if row.state == .synSent { return .client }
        if row.cookie != 0, handshakes[row.cookie] != nil { return .server }
        return RoleEvidence.fromSequenceSpace(row)
    }

    // What takes a record to change belongs to the type: called on a ledger whose own record it
    // changes, the ledger would be kept for the call, and all its records copied.

    static func setNumbers(of record: inout ConnectionRecord, _ row: SocketRow) {
        guard !row.isMiniSocket else { return }
        if row.inode != 0 { record.uid = row.uid }
        record.receiveQueuePeak = max(record.receiveQueuePeak ?? 0, row.receiveQueue)
        record.sendQueuePeak = max(record.sendQueuePeak ?? 0, row.sendQueue)
        guard let info = row.info else { return }
        let payload = RoleEvidence.payload(of: row)
        record.bytesSent = payload.sent ?? record.bytesSent
        record.bytesReceived = payload.received ?? record.bytesReceived
        record.retransmits = info.totalRetransmits
        record.rttMicroseconds = info.rttMicroseconds == 0 ? nil : info.rttMicroseconds
    }

    static func setCloser(
        of record: inout ConnectionRecord, _ state: TCPState, isMini: Bool
    ) {
        switch state {
        case .closing: record.closedBy = .both
        case .finWait1, .finWait2, .timeWait:
            if record.closedBy == .unknown { record.closedBy = .local }
        case .closeWait, .lastAck:
            if record.closedBy == .unknown { record.closedBy = .peer }
        default: break
        }
        if state == .timeWait || state == .lastAck || isMini {
            record.closeKind = .fin
        }
    }
}
