import Model

/// Which ports a namespace has for connections that it opens: ip_local_port_range less
/// ip_local_reserved_ports, as both were at the end of a range.
package struct PortRanges {
    /// Tables `reach` (`netns`, `low`, `high`), `block` (`netns`, `low`, `high`) of reserved ones,
    /// and `reachable` (`netns`, `low`, `high`, `reserved`, `ports`); they need WITH RECURSIVE.
    static let tables = """
        setting AS MATERIALIZED (
          SELECT netns, name, value,
            row_number() OVER (PARTITION BY netns, name ORDER BY from_us DESC) AS back
          FROM kernel_limits
          WHERE name IN ('ip_local_port_range', 'ip_local_reserved_ports') AND from_us <= :until),
        reach AS (
          SELECT netns, CAST(value AS INTEGER) AS low,
            CAST(substr(value, instr(value, ' ') + 1) AS INTEGER) AS high
          FROM setting WHERE name = 'ip_local_port_range' AND back = 1),
        -- As the kernel prints them: 8080,9148-9150.
        piece AS (
          SELECT netns, '' AS one, value || ',' AS rest
          FROM setting WHERE name = 'ip_local_reserved_ports' AND back = 1
          UNION ALL
          SELECT netns, substr(rest, 1, instr(rest, ',') - 1), substr(rest, instr(rest, ',') + 1)
          FROM piece WHERE rest <> ''),
        block AS MATERIALIZED (
          SELECT netns, CAST(one AS INTEGER) AS low,
            CAST(substr(one, instr(one, '-') + 1) AS INTEGER) AS high
          FROM piece WHERE one <> ''),
        reachable AS MATERIALIZED (
          SELECT netns, low, high, reserved, high - low + 1 - reserved AS ports
          FROM (SELECT *, coalesce((
              SELECT sum(max(0, min(b.high, r.high) - max(b.low, r.low) + 1)) FROM block AS b
              WHERE b.netns IS r.netns), 0) AS reserved
            FROM reach AS r))
        """

    /// netns, first and last port, how many of them are reserved and how many are left.
    package let question: Question
    /// netns, first and last of each stretch of reserved ports.
    let blocks: Question

    package init(_ scope: Scope) {
        let columns = ["netns", "low", "high", "reserved", "ports"].map { Column($0) }
        question = Question(
            """
            WITH RECURSIVE \(Self.tables)
            SELECT netns, low, high, reserved, ports FROM reachable ORDER BY netns
            """, scope: scope, columns: columns)
        blocks = Question(
            "WITH RECURSIVE \(Self.tables) SELECT netns, low, high FROM block", scope: scope,
            columns: Array(columns.prefix(3)))
    }
}

/// The same for a count over connections.
struct PortSets: Sendable {
    /// By namespace, 0 where the kernel has no cookies: whether each port may be taken.
    private var sets: [Int64: [Bool]] = [:]
    /// How many of them there are.
    private var counts: [Int64: Int64] = [:]

    init(_ session: Session, _ scope: Scope) throws {
        let ranges = PortRanges(scope)
        for row in try session.all(ranges.question) {
            guard case .integer(let low) = row[1], case .integer(let high) = row[2] else {
                continue
            }
            sets[Self.namespace(row[0])] = (0...65_535).map { low <= $0 && $0 <= high }
            if case .integer(let ports) = row[4] { counts[Self.namespace(row[0])] = ports }
        }
        for row in try session.all(ranges.blocks) {
            guard case .integer(let low) = row[1], case .integer(let high) = row[2],
                0 <= low, low <= high, high <= 65_535
            else { continue }
            for port in low...high { sets[Self.namespace(row[0])]?[Int(port)] = false }
        }
    }

    private static func namespace(_ cell: Cell) -> Int64 {
        if case .integer(let number) = cell { number } else { 0 }
    }

    /// How many there are; nil where the range is not known.
    func count(netns: Int64) -> Int64? { counts[netns] }

    /// Whether a port is one of those; so is every port where the range is not known.
    func holds(_ port: Int64, netns: Int64) -> Bool {
        guard let set = sets[netns] else { return true }
        return set.indices.contains(Int(truncatingIfNeeded: port))
            && set[Int(truncatingIfNeeded: port)]
    }
}
