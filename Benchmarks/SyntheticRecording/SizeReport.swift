import GRDB

/// Where a recording's octets are, by SQLite's own count of pages.
struct SizeReport {
    private static let sql = """
        SELECT name, sum(pgsize) AS octets, sum(payload) AS payload, sum(unused) AS unused,
          sum(ncell) AS cells
        FROM dbstat GROUP BY name ORDER BY octets DESC
        """
    private static let ofSamples: Set<String> = ["sample", "sample_time", "namespace_sample"]

    private var lines: [String] = []
    private var connectionOctets: Int64 = 0
    private var sampleOctets: Int64 = 0
    private var allOctets: Int64 = 0

    init(path: String) throws {
        let database = try DatabaseQueue(path: path)
        for row in try database.read({ try Row.fetchAll($0, sql: Self.sql) }) {
            let name: String = row["name"]
            let octets: Int64 = row["octets"]
            allOctets += octets
            if Self.ofSamples.contains(name) {
                sampleOctets += octets
            } else {
                connectionOctets += octets
            }
            guard octets > 16_384 else { continue }
            lines.append(
                "  \(name): \(octets) octets, payload \(row["payload"] as Int64), "
                    + "unused \(row["unused"] as Int64), cells \(row["cells"] as Int64)")
        }
    }

    /// The whole report as text.
    func text(connections: Int64, samples: Int64) -> String {
        let each = Double(connectionOctets) / Double(max(1, connections))
        let all = Double(allOctets) / Double(max(1, connections))
        let sample = Double(sampleOctets) / Double(max(1, samples))
        return """
            connections \(connections), samples \(samples), octets \(allOctets)
            a connection \(rounded(each)), with samples \(rounded(all)); \
            a sample \(rounded(sample))
            \(lines.joined(separator: "\n"))
            """
    }

    private func rounded(_ number: Double) -> String {
        let tenths = Int64((number * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }
}
