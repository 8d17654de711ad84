import ArgumentParser
import Expressions
import Model
import Queries
import Rendering

/// One connection's life.
struct TraceCommand: ReaderCommand {
    static let configuration = CommandConfiguration(
        commandName: "trace",
        abstract: "Tell one connection's life, step by step.",
        discussion: """
            Each state with when it was entered and how long it lasted, within its bounds; who held \
            the socket; what was sent and received; and the earlier and later connections between \
            the same two ends, which are told apart by their ids. Of several the latest is told. \
            'connections --wide' and 'at --wide' show ids.

            EXAMPLES
              socktape trace 4711
              socktape trace 192.0.2.10:80 198.51.100.1:40002
              socktape trace '[2001:db8::1]:50000' '[2001:db8::2]:5432' --format json
            """)

    @OptionGroup var database: ReaderOptions
    @OptionGroup var answer: AnswerOptions

    @Argument(help: "Its id, or both ends, each ADDR:PORT, this host's first.")
    var connection: [String]

    func run(in surroundings: Surroundings) throws {
        let wanted = try ConnectionExpression(connection)
        try Desk.work(database, answer, in: surroundings) { desk in
            let trace = try desk.trace(wanted)
            guard desk.page.isForPeople else { return try desk.show(trace.question) }
            let sheet = TraceSheet(
                try desk.session.all(trace.question), apart: try desk.hasNamespaces(Desk.always),
                unicode: desk.page.unicode, utcOffset: surroundings.utcOffset)
            try desk.page.show(sheet.facts, layout: .record)
            for part in sheet.tables {
                try desk.page.write("\n")
                try desk.page.show(part)
            }
            for sentence in sheet.sentences { try desk.note(sentence) }
            if let span = sheet.span { try desk.tellGaps(wall: span) }
        }
    }
}

extension Desk {
    /// All that the file holds.
    fileprivate static let always = Scope(AxisRange(since: .min, until: .max))

    /// Says where nothing was seen while it lived.
    fileprivate func tellGaps(wall span: (since: Int64, until: Int64)) throws {
        let range = AxisRange(
            since: session.timeline.axis(span.since), until: session.timeline.axis(span.until))
        try tellGaps(Scope(range))
    }

    /// What to ask of the connection that is meant.
    fileprivate func trace(_ wanted: ConnectionExpression) throws -> TraceQuery {
        _ = try timeContext()
        switch wanted {
        case .id(let id):
            let same = try session.all(ConnectionEndsQuery(id).question)
            guard let row = same.first else { throw noSuch(id: id) }
            guard let local = endpoint(row[0], row[1]), let peer = endpoint(row[2], row[3]) else {
                return TraceQuery(connection: id, others: [])
            }
            let all = try session.all(SamePortsQuery(local: local, peer: peer).question)
            return TraceQuery(connection: id, others: others(of: id, among: all, isSame: 1))
        case .ends(let first, let second):
            let all = try session.all(SamePortsQuery(local: first, peer: second).question)
            // Both ends may be this host's: the words come in the order in which `ss` prints them.
            let isSame: Int64 = all.contains { $0[1].integer == 1 } ? 1 : 0
            guard let id = all.last(where: { $0[1].integer == isSame })?[0].integer else {
                throw Failure(
                    .nothingRecorded,
                    "cannot trace \(Self.text(first)) \(Self.text(second)): no connection between "
                        + "them was recorded; try 'socktape connections --peer "
                        + "\(second.address)' for those that were")
            }
            return TraceQuery(connection: id, others: others(of: id, among: all, isSame: isSame))
        }
    }

    /// Of all between the same ends, those of the same namespace and interface, and the other end.
    private func others(of id: Int64, among all: [[Cell]], isSame: Int64) -> [Int64] {
        let own = all.first { $0[0].integer == id }
        return all.filter { row in
            row[0].integer != id && (row[1].integer != isSame || row[2...] == own?[2...])
        }.compactMap { $0[0].integer }
    }

    private func endpoint(_ address: Cell, _ port: Cell) -> Endpoint? {
        guard let address = address.text.flatMap({ IPAddress($0) }),
            let port = port.integer.flatMap({ UInt16(exactly: $0) })
        else { return nil }
        return Endpoint(address, port)
    }

    private static func text(_ end: Endpoint) -> String {
        end.address.family == .ipv6 ? "[\(end.address)]:\(end.port)" : "\(end.address):\(end.port)"
    }

    private func noSuch(id: Int64) -> Failure {
        let ids = try? session.all(ConnectionEndsQuery.ids).first
        let held =
            ids.flatMap { ids in
                ids[0].integer.flatMap { first in ids[1].integer.map { (first, $0) } }
            }.map { "ids reach from \($0) to \($1)" } ?? "it holds no connection"
        let pruned =
            session.timeline.recordings.contains { $0.pruned != nil }
            ? "; older ones were pruned" : ""
        return Failure(
            .nothingRecorded,
            "cannot trace connection \(id): there is none in the file, \(held)\(pruned); try "
                + "'socktape connections --wide', which shows ids")
    }
}
