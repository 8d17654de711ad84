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
        for (pause, states) in [
            (4000, ["ESTAB", "LISTEN"]),
            (4800, ["CLOSE-WAIT", "ESTAB", "FIN-WAIT-1", "FIN-WAIT-2", "LISTEN", "TIME-WAIT"]),
            (4800, ["CLOSE-WAIT", "CLOSING", "ESTAB", "FIN-WAIT-2", "LISTEN", "TIME-WAIT"]),
        ] {
            try await Task.sleep(for: .milliseconds(pause))
            try await expectTable(showing: states, basis: basis)
        }
        generator.send(SIGKILL)
    }

    private func expectTable(showing states: [String], basis: String) async throws {
        let before = try await socketTable()
        let sample = try latest()
        try await until("two more samples") { try self.latest() >= sample + 2 }
        let after = try await socketTable()
        try #require(before == after, "the table is still")
        #expect(try rebuild(sample + 1) == before)
        let rests = try query {
            try String.fetchOne(
                $0, sql: "SELECT basis FROM samples WHERE sample_id = ?", arguments: [sample + 1])
        }
        #expect(rests == basis)
        let shown = Set(before.compactMap { $0.split(separator: " ").first.map(String.init) })
        #expect(shown == Set(states))
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
