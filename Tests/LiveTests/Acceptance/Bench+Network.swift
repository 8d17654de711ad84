import GRDB
import Testing

extension Bench {
    /// Lays a cable from this namespace (.1) to another (.2), IPv4 and IPv6.
    func join(_ peer: Bench) async throws {
        try await host([
            "ip", "link", "add", "cable", "netns", namespace, "type", "veth", "peer", "name",
            "cable", "netns", peer.namespace,
        ])
        for (end, number) in [(self, 1), (peer, 2)] {
            try await end.inside(["ip", "address", "add", "10.77.0.\(number)/24", "dev", "cable"])
            try await end.inside([
                "ip", "address", "add", "fd77::\(number)/64", "dev", "cable", "nodad",
            ])
            try await end.inside(["ip", "link", "set", "cable", "up"])
        }
    }

    /// Tells the truth generator to put servers at the cable's other end.
    static func place(_ peer: Bench) -> [String] {
        [
            "--from", "10.77.0.1", "--to", "10.77.0.2", "--from6", "fd77::1", "--to6", "fd77::2",
            "--peer-netns", "/run/netns/\(peer.namespace)",
        ]
    }

    /// Expects that the kernel counted the truth, and the recording all but one in 1000 of it and
    /// nothing else. Each event that was lost may hide one.
    func expectCoverage(active: Int, passive: Int, lost: Int = 0) throws {
        let sql = """
            SELECT sum(active_kernel) AS active_kernel, sum(active_recorded) AS active,
              sum(passive_kernel) AS passive_kernel, sum(passive_recorded) AS passive,
              sum(unattributed) AS unattributed, max(ratio) AS ratio
            FROM coverage
            """
        let row = try #require(try query { try Row.fetchOne($0, sql: sql) })
        for (direction, truth) in [("active", active), ("passive", passive)] {
            let kernel: Int = row["\(direction)_kernel"] ?? -1
            let recorded: Int = row[direction] ?? -1
            #expect(kernel == truth, "\(direction): the kernel counted \(kernel) of \(truth)")
            #expect(recorded <= truth, "\(direction): \(recorded) of \(truth)")
            #expect(
                recorded * 1000 >= truth * 999 - lost * 1000,
                "\(direction): \(recorded) of \(truth)")
        }
        #expect(row["unattributed"] ?? 0 <= lost)
        #expect(row["ratio"] ?? 9 <= 1.0)
    }
}
