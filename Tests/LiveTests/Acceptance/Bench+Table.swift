import GRDB
import Glibc
import Testing

// The socket table, as ss shows it and as the recording rebuilds it.
extension Bench {
    /// Makes sockets end in every way, holds each state for a while, and compares the table of a
    /// still moment with ss, three times.
    func expectTables(basis: String) async throws {
        let generator = try generate(["endings", "--hold-ms", "6000"])
        // Every third hold shows other states; each is still but for its first moments.
        for states in [
            ["ESTAB", "LISTEN"],
            ["CLOSE-WAIT", "ESTAB", "FIN-WAIT-1", "FIN-WAIT-2", "LISTEN", "TIME-WAIT"],
            ["CLOSE-WAIT", "CLOSING", "ESTAB", "FIN-WAIT-2", "LISTEN", "TIME-WAIT"],
        ] {
            try await expectTable(showing: states, basis: basis)
        }
        generator.send(SIGKILL)
    }

    /// A moment is still when ss shows the same before two samples and after them. On a busy host a
    /// hold may be over before: the states come again.
    private func expectTable(showing states: [String], basis: String) async throws {
        for _ in 0..<300 {
            let before = try await socketTable()
            let shown = Set(before.compactMap { $0.split(separator: " ").first.map(String.init) })
            let sample = try latest()
            guard shown == Set(states) else {
                try await Task.sleep(for: .milliseconds(200))
                continue
            }
            try await until("two more samples") { try self.latest() >= sample + 2 }
            guard try await socketTable() == before else { continue }
            #expect(try rebuild(sample + 1) == before)
            let rests = try query {
                try String.fetchOne(
                    $0, sql: "SELECT basis FROM samples WHERE sample_id = ?",
                    arguments: [sample + 1])
            }
            #expect(rests == basis)
            return
        }
        throw BenchError("no still moment showed \(states)")
    }

    private func latest() throws -> Int {
        try query { try Int.fetchOne($0, sql: "SELECT max(sample_id) FROM samples") ?? 0 }
    }

    private func rebuild(_ sample: Int) throws -> [String] {
        try query { database in
            let sql = """
                SELECT state || ' ' || local_address || ' ' || local_port || ' ' || peer_address
                  || ' ' || peer_port || iif((state = 'LISTEN') = (connection_id IS NULL), '', ' ?')
                FROM socket_table WHERE sample_id = ?
                """
            return try String.fetchAll(database, sql: sql, arguments: [sample]).sorted()
        }
    }

    /// State, local and peer address and port of each socket that `ss -tan` shows, sorted; ss's
    /// spelling of addresses aside.
    func socketTable() async throws -> [String] {
        try await inside(["ss", "-tanH"]).split(separator: "\n").map { line in
            let cells = line.split(separator: " ")
            guard cells.count >= 5 else { throw BenchError("not a row of ss: \(line)") }
            return "\(cells[0]) \(Self.place(cells[3])) \(Self.place(cells[4]))"
        }.sorted()
    }

    /// Address and port; what ss writes as `*` is any address of the family, or of both.
    private static func place(_ text: Substring) -> String {
        let colon = text.lastIndex(of: ":") ?? text.endIndex
        var address = text[..<colon]
        let port = text[colon...].dropFirst()
        if address.hasPrefix("[") { address = address.dropFirst().dropLast() }
        if address.hasPrefix("::ffff:") { address = address.dropFirst(7) }
        return "\(address == "*" ? "::" : address) \(port == "*" ? "0" : port)"
    }
}
