package import Model
import Store

/// Who stays in states of a close, how many at once, for how long, and whether they grow.
package struct StaysQuery {
    /// By what stays are gathered; who closed first is nothing that they tell.
    package enum Group: Hashable, Sendable {
        case state
        case by(Grouping)

        fileprivate var grouping: Grouping? {
            if case .by(let grouping) = self { grouping } else { nil }
        }
        fileprivate var column: String { grouping?.column ?? "state" }
    }

    private static let order = "still DESC, peak DESC, entries DESC, grouped"

    private static let sql = """
        WITH RECURSIVE
        seen AS (SELECT max(sampled_us) AS at FROM samples WHERE sampled_us <= :until),
        told AS (
          SELECT \(groupMark) AS grouped, coalesce(entered_us, entered_max_us) AS began,
            entered_min_us, entered_max_us, left_min_us, left_max_us,
            -- One that the last sample shows is there; of others the last sight may be all.
            CASE WHEN left_max_us IS NOT NULL THEN coalesce(left_us, left_max_us)
              WHEN left_min_us >= (SELECT at FROM seen) THEN 9223372036854775807
              ELSE coalesce(left_min_us, entered_us, entered_max_us) END AS finish
          FROM state_history WHERE state IN (\(statesMark)) AND :filter),
        stay AS MATERIALIZED (
          SELECT *, dense_rank() OVER (ORDER BY grouped) AS number, finish > :until AS there,
            max(0, CASE WHEN finish > :until THEN (SELECT at FROM seen) ELSE left_min_us END
              - entered_max_us) AS sure,
            CASE WHEN finish <= :until
              THEN max(0, left_min_us - entered_max_us) + left_max_us - entered_min_us END
              AS lasted
          FROM told WHERE began <= :until AND finish >= :since),
        counted AS (
          SELECT number, max(grouped) AS grouped, count(*) AS entries, sum(there) AS still,
            max(CASE WHEN there THEN sure END) AS oldest, max(sure) AS longest,
            sum(NOT there AND left_max_us IS NOT NULL) AS ended
          FROM stay GROUP BY number),
        ranked AS (
          SELECT number, lasted, row_number() OVER (PARTITION BY number ORDER BY lasted) AS place,
            count(*) OVER (PARTITION BY number) AS lives
          FROM stay WHERE lasted IS NOT NULL),
        share AS (
          SELECT number, max(CASE WHEN place = (lives * 50 + 99) / 100 THEN lasted END) AS p50,
            max(CASE WHEN place = (lives * 99 + 99) / 100 THEN lasted END) AS p99
          FROM ranked GROUP BY number),
        \(Growth.slotsSQL),
        event AS (
          SELECT number, max(began, :since) AS at, 1 AS place, 1 AS step, NULL AS slot FROM stay
          UNION ALL SELECT number, finish, 0, -1, NULL FROM stay WHERE NOT there
          UNION ALL SELECT number, :since + (:until - :since) * slot / :slots, 2, 0, slot
          FROM counted CROSS JOIN part),
        \(Growth.sweepSQL),
        total AS MATERIALIZED (
          SELECT c.*, k.peak, k.peak_at, q.p50, q.p99, d.levels
          FROM counted AS c JOIN peak AS k USING (number) JOIN drawn AS d USING (number)
          LEFT JOIN share AS q USING (number)
          ORDER BY \(order) LIMIT :top),
        \(tail)
        """

    /// As `sql`, of all connections: counted beforehand, in half microseconds.
    private static let countedSQL = """
        WITH told AS (
          SELECT json_extract(value, '$[0]') AS key, json_extract(value, '$[1]') AS label,
            json_extract(value, '$[2]') AS still, json_extract(value, '$[3]') AS oldest,
            json_extract(value, '$[4]') AS peak, json_extract(value, '$[5]') AS peak_at,
            json_extract(value, '$[6]') AS ended, json_extract(value, '$[7]') AS p50,
            json_extract(value, '$[8]') AS p99, json_extract(value, '$[9]') AS longest,
            json_extract(value, '$[10]') AS entries, json_extract(value, '$[11]') AS levels
          FROM json_each(:counts)),
        named AS (SELECT *, key AS number, \(groupMark) AS grouped FROM told),
        total AS MATERIALIZED (SELECT * FROM named ORDER BY \(order) LIMIT :top),
        \(tail)
        """

    private static let tail = """
        \(Growth.probeSQL),
        \(Growth.sql)
        SELECT grouped, still, oldest / 1e6, peak, peak_at, an_hour, is_sure, ended, p50 / 2e6,
          p99 / 2e6, longest / 1e6, entries, levels
        FROM total LEFT JOIN growth USING (number)
        ORDER BY \(order)
        """
    private static let groupMark = ":group"
    private static let statesMark = ":states"

    package let question: Question

    /// What people see where it matters how long one lasts, and not whether they grow.
    private static let shownByLength = [0, 1, 2, 3, 7, 8, 9, 10, 12]
    private static let shownByGrowth = [0, 1, 2, 3, 5, 7, 8, 9, 12]

    /// One row a group, those with the most that are still there first; with a bucket's length, such
    /// rows for each part of the range. Levels are those at the ends of `slots` equal parts.
    package init(
        _ scope: Scope, states: [TCPState], by group: Group, bucketMicroseconds: Int64? = nil,
        showsLengths: Bool = false, slots: Int64 = 24
    ) {
        let counts: Question.Counts = { session, buckets in
            try Self.counts(session, scope, buckets, states, group, slots: slots)
        }
        question = Question.parted(scope, bucketMicroseconds, counts: counts) { part in
            var question = Self.question(part, states, group, slots: slots)
            question.shown = showsLengths ? Self.shownByLength : Self.shownByGrowth
            return question
        }
    }

    private static func question(
        _ scope: Scope, _ states: [TCPState], _ group: Group, slots: Int64
    ) -> Question {
        let names = states.map { "'\($0.name)'" }.joined(separator: ", ")
        let asked = sql.replacing(statesMark, with: names)
            .replacing(groupMark, with: group.grouping?.sql ?? "state")
        let counted = countedSQL.replacing(groupMark, with: GroupBook.nameSQL(group.grouping))
        var question = Question(
            counted, scope: scope,
            arguments: ["slots": .integer(slots), "first": .integer(1)], columns: columns(group))
        question.asked = Question(asked, scope: scope, columns: []).sql
        return question
    }

    private static func counts(
        _ session: Session, _ scope: Scope, _ buckets: Buckets, _ states: [TCPState],
        _ group: Group, slots: Int64
    ) throws -> [[String: Cell]] {
        let passing = try Passing(session, scope)
        let book = try group.grouping.map { try GroupBook(session, scope, by: $0) }
        let parts = try buckets.ranges.map { range in
            StaysTally(try Presence(session, range), states: states, book: book)
        }
        var tally = try session.parted(buckets, parts, passing: passing)
        try SpannedStays.each(session, in: states) { stay in
            guard passing.holds(stay.connection) else { return }
            tally.each(of: stay.reach) { $0.add(stay) }
        }
        return tally.parts.indices.map { part in
            ["counts": tally.parts[part].cell(top: scope.top, slots: slots)]
        }
    }

    private static func columns(_ group: Group) -> [Column] {
        [
            Column(group.column, title: group.column.replacing("_", with: " ")),
            Column("still_there", title: "now", kind: .number),
            Column("oldest_s", title: "oldest", kind: .seconds),
            Column("peak", kind: .number), Column("peak_at", title: "peak at", kind: .moment),
            Column("growth_per_hour", title: "an hour", kind: .number),
            Column("growing", kind: .number), Column("ended", kind: .number),
            Column("p50_s", title: "p50", kind: .seconds),
            Column("p99_s", title: "p99", kind: .seconds),
            Column("longest_s", title: "longest", kind: .seconds),
            Column("stays", kind: .number),
            Column("levels", title: "over time", kind: .series),
        ]
    }
}
