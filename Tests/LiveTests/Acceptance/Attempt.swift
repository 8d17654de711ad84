import Testing

/// Attempts that never opened.
enum Attempt {
    /// What is said of each, by the truth's name.
    static let kinds = [
        "refused": "refused", "unanswered": "connect_timeout", "given_up": "aborted",
        "no_port": "not_sent",
    ]

    /// Expects one row for each, and no other. Their local port may be unknown, so that they are
    /// told apart by the server's port and time. Those that meet a loss may be told less of.
    static func expect(
        _ truths: [Truth], in rows: [RecordedConnection], losses: Losses = Losses()
    ) {
        let known = truths.filter { !losses.meet($0.whole) }
        #expect(known.count...truths.count ~= rows.count, "rows that never opened")
        for truth in known {
            let found = rows.filter { row in
                row.peer == truth.server
                    && truth.connected.map { row.attempted.meets($0) } ?? false
            }
            let label = "\(truth.name), \(truth.family), to \(truth.server)"
            #expect(found.count == 1, "\(label): \(found.count) rows")
            for row in found {
                #expect(row.closeKind == kinds[truth.name], "\(label): \(row.closeKind)")
                #expect(row.role == "client", "\(label)")
                #expect(row.pid == truth.clientPid, "\(label)")
                // The kernel tells of the end before others can see it.
                let seen = truth.ended ?? truth.connected ?? 0...0
                let ended = seen.lowerBound - Truth.softInterrupt...seen.upperBound
                #expect(row.closed.meets(ended), "\(label): \(row.closed), true \(ended)")
            }
        }
    }
}

extension TruthEnd {
    /// Expects the payload of a connection that ended by FIN. Whether the closer's received count
    /// holds the peer's FIN the kernel does not tell: one octet is open. A source that cannot know
    /// who closed may leave counts away.
    func expectPayload(_ row: RecordedConnection, orMiss mayMiss: Bool = false) {
        guard row.closeKind == "fin", let up = truth.clientSent, let down = truth.serverSent else {
            return
        }
        let (sent, received) = isClient ? (up, down) : (down, up)
        let isSent = row.bytesSent == Int64(sent) || mayMiss && row.bytesSent == nil
        #expect(isSent, "\(label): sent \(row.bytesSent ?? -1) of \(sent), closed \(row.closed)")
        if mayMiss, row.bytesReceived == nil { return }
        let error = abs((row.bytesReceived ?? -9) - Int64(received))
        #expect(
            error <= (closedFirst ? 1 : 0),
            "\(label): received \(row.bytesReceived ?? -1) of \(received)")
    }
}
