import Model

/// Parts of a range, each so long; one part where no length is given.
package struct Buckets: Sendable {
    /// A group within a part.
    struct Key: Hashable, Sendable {
        var bucket: Int64
        var group: Int64
    }

    private let since: Int64
    private let until: Int64
    /// The last part; the range's last moment begins no further one.
    private let last: Int64
    /// µs; longer than any range where there is one part.
    let length: Int64

    package init(_ range: AxisRange, _ length: Int64?) {
        since = range.since
        until = range.until
        self.length = max(1, length ?? .max)
        last = max(0, range.until - range.since - 1) / self.length
    }

    /// The part in which a moment of the range lies.
    func index(_ moment: Int64) -> Int64 { min((moment - since) / length, last) }

    /// How many parts there are.
    package var count: Int64 { last + 1 }

    /// What each part holds, in the order of time.
    var ranges: [AxisRange] {
        (0...last).map { part in
            AxisRange(
                since: since + part * (part == 0 ? 0 : length),
                until: part == last ? until : since + (part + 1) * length - 1)
        }
    }

    /// The parts into which a stretch of time reaches.
    func indices(of stretch: AxisRange) -> Range<Int> {
        guard stretch.since <= stretch.until, stretch.since <= until, stretch.until >= since else {
            return 0..<0
        }
        return Int(index(max(since, stretch.since)))..<Int(index(min(until, stretch.until))) + 1
    }

    /// The groups that can be among the first `top` of their part.
    static func largest<Group>(
        _ groups: [Key: Group], top: Int64?, size: (Group) -> Int64
    ) -> [(key: Key, value: Group)] {
        Dictionary(grouping: groups) { $0.key.bucket }.values.flatMap { groups in
            GroupedRows.largest(groups, top: top) { size($0.value) }
        }
    }

    /// SQL for the part of a moment.
    static func index(_ moment: String) -> String {
        "min((\(moment) - :since) / :bucket, max(0, :until - :since - 1) / :bucket)"
    }

    /// The leading columns of an answer: of its part, and of its group.
    static func columns(_ grouping: Grouping?, _ length: Int64?) -> [Column] {
        (length == nil ? [] : [Column("from", kind: .moment)])
            + (grouping.map {
                [Column($0.column, title: $0.column.replacing("_", with: " "))]
            } ?? [])
    }

    /// SQL for the same, of the columns `bucket` and `grouped`.
    static func leading(_ grouping: Grouping?, _ length: Int64?) -> String {
        (length == nil ? "" : ":since + bucket * :bucket, ") + (grouping == nil ? "" : "grouped, ")
    }

    /// What in SQL stands for a group's name, and for an answer's leading columns.
    static let groupMark = ":group"
    static let leadingMark = ":leading"

    /// A question about groups, in buckets where a length is given: `counted` is SQL over what was
    /// counted beforehand, `asked` the same over the public views. `shown` are the columns, behind
    /// the leading ones, that a table for people shows.
    static func question(
        counted: String, asked: String, scope: Scope, by grouping: Grouping?, length: Int64?,
        columns: [Column], shown: [Int]
    ) -> Question {
        func literal(_ sql: String, _ group: String) -> String {
            sql.replacing(groupMark, with: group)
                .replacing(leadingMark, with: leading(grouping, length))
        }
        let first = Self.columns(grouping, length)
        var question = Question(
            literal(counted, GroupBook.nameSQL(grouping)), scope: scope,
            arguments: ["bucket": .integer(Buckets(scope.range, length).length)],
            columns: first + columns)
        question.shown = Array(first.indices) + shown.map { first.count + $0 }
        question.asked =
            Question(literal(asked, grouping?.sql ?? "'all'"), scope: scope, columns: []).sql
        return question
    }
}
