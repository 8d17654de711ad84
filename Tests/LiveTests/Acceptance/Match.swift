import Testing

/// A row and the truth that it tells. They belong together by 4-tuple and time: the kernel begins
/// its search for a client's port at another place every 10 s (EPHEMERAL_PORT_SHUFFLE_PERIOD in
/// net/core/secure_seq.c), which may be one where this client has been before, and on loopback a
/// port is free again 1 s after its TIME_WAIT began (tcp_tw_reuse).
struct Match {
    let row: RecordedConnection
    let end: TruthEnd

    /// Finds the row of each end that opened, and expects it to be the only one that fits. Ends
    /// that the second argument names may have none.
    static func each(
        of ends: [TruthEnd], in rows: [RecordedConnection],
        orMiss mayMiss: (TruthEnd) -> Bool = { _ in false }
    ) -> [Match] {
        let byTuple = Dictionary(grouping: rows, by: \.tuple)
        return ends.compactMap { end in
            let known = byTuple[end.tuple] ?? []
            let found = known.filter { fits($0, end) }
            if found.isEmpty, mayMiss(end) { return nil }
            #expect(
                found.count == 1,
                """
                \(end.label): \(found.count) records of \(known.map(\.summary)), opened \
                \(end.opened ?? 0...0), closed \(end.closing ?? 0...0), \
                again \(end.reopened.map { "\($0)" } ?? "never")
                """)
            return found.first.map { Match(row: $0, end: end) }
        }
    }

    /// As `each`, and expects every row to tell an end of its own.
    static func all(
        of ends: [TruthEnd], in rows: [RecordedConnection],
        orMiss mayMiss: (TruthEnd) -> Bool = { _ in false }
    ) -> [Match] {
        let matches = each(of: ends, in: rows, orMiss: mayMiss)
        let told = Set(matches.map(\.row.connectionId))
        #expect(told.count == matches.count, "\(told.count) rows for \(matches.count) ends")
        let others = rows.filter { !told.contains($0.connectionId) }
        #expect(
            others.isEmpty, "\(others.count) rows tell no end: \(others.prefix(4).map(\.summary))")
        return matches
    }

    private static func fits(_ row: RecordedConnection, _ end: TruthEnd) -> Bool {
        guard let opened = end.opened, let closing = end.closing else { return false }
        return row.opened.meets(opened) && row.closed.meets(closing)
    }
}
