import Model
import Queries
import Rendering

/// One connection's life on a page: what it was, its steps, who held it, and the others between the
/// same ends.
struct TraceSheet {
    private let rows: [[Cell]]
    private let whole: [Cell]
    private let isApart: Bool
    private let utcOffset: @Sendable (Int64) -> Int
    private let unicode: Bool

    /// `rows` are those of `TraceQuery`, the connection first; `apart` names its namespace.
    init(
        _ rows: [[Cell]], apart: Bool, unicode: Bool,
        utcOffset: @escaping @Sendable (Int64) -> Int
    ) {
        self.rows = rows
        self.unicode = unicode
        whole = rows.first ?? TraceQuery.Place.allCases.map { _ in .null }
        isApart = apart
        self.utcOffset = utcOffset
    }

    /// From the earliest to the latest moment of the life that is known, by the wall clock.
    var span: (since: Int64, until: Int64)? {
        let starts = [TraceQuery.Place.enteredMin, .enteredMax]
        let moments = rows(of: "connection", "handshake", "state").flatMap { row in
            (starts + [.leftMin, .leftMax]).compactMap { row.at($0).integer }
        }
        guard let first = moments.min(), let last = moments.max() else { return nil }
        return (first, last)
    }

    func rows(of parts: String...) -> [[Cell]] {
        rows.filter { row in row.at(.part).text.map { parts.contains($0) } ?? false }
    }

    /// Whether it ever was ESTABLISHED.
    private var isOpened: Bool {
        rows(of: "state").contains { row in
            row.at(.state).text.map { !$0.hasPrefix("SYN-") } ?? false
        }
    }

    /// One row, with a column a fact.
    var facts: ArrayCursor {
        let wait = rows(of: "state").first { $0.at(.state).text == "TIME-WAIT" }
        let facts =
            ends + times + (wait.map { [(Column("TIME-WAIT"), waited($0))] } ?? []) + traffic
        return ArrayCursor(columns: facts.map(\.0), rows: [facts.map(\.1)])
    }

    private var ends: [(Column, Cell)] {
        [
            (Column("connection"), whole.at(.connection)), (Column("local"), whole.at(.local)),
            (Column("peer"), whole.at(.peer)), (Column("role"), whole.at(.role)),
            (Column("process"), process(of: whole)), (Column("user"), whole.at(.uid)),
        ] + (isApart ? [(Column("namespace"), whole.at(.namespace))] : [])
    }

    private var times: [(Column, Cell)] {
        let isOpened = isOpened
        return [
            (
                Column(isOpened ? "opened" : "attempted"),
                moment(whole, .entered, .enteredMin, .enteredMax)
            ),
            (Column("closed"), moment(whole, .left, .leftMin, .leftMax)),
            (Column(isOpened ? "lifetime" : "attempt lasted"), .text(lasted(whole))),
            (Column("closed by"), whole.at(.closedBy)), (Column("how"), whole.at(.endedBy)),
        ]
    }

    private var traffic: [(Column, Cell)] {
        [
            (Column("sent", kind: .bytes), whole.at(.sent)),
            (Column("received", kind: .bytes), whole.at(.received)),
            (Column("retransmits", kind: .number), whole.at(.retransmits)),
            (Column("round trip", kind: .microseconds), whole.at(.rtt)),
            (Column("most unread", kind: .bytes), whole.at(.receiveQueue)),
            (Column("most unacknowledged", kind: .bytes), whole.at(.sendQueue)),
        ]
    }

    // MARK: Cells

    /// Before what a moment may be off.
    var plusMinus: String { unicode ? "±" : "+/-" }

    func seconds(_ value: Double) -> String { HumanText.seconds(value, unicode: unicode) }

    private func process(of row: [Cell]) -> Cell {
        guard let name = row.at(.process).text else { return .null }
        return .text(name + (row.at(.pid).integer.map { " (\($0))" } ?? ""))
    }

    /// `60.7 s, expired`: how long, how it ended, and what lengthened it.
    private func waited(_ row: [Cell]) -> Cell {
        let end = row.at(.endedBy).text.map { ", " + $0.replacing("_", with: " ") } ?? ""
        let restarts = row.at(.restarts).integer ?? 0
        let again = restarts > 0 ? ", restarted " + HumanText.count(restarts, "time") : ""
        return .text(lasted(row) + end + again)
    }

    /// The moment as it is known: exact, within bounds, or on one side only.
    private func moment(
        _ row: [Cell], _ point: TraceQuery.Place, _ least: TraceQuery.Place,
        _ most: TraceQuery.Place
    ) -> Cell {
        switch (row.at(point).integer, row.at(least).integer, row.at(most).integer) {
        case (let point?, let least?, let most?):
            let half = Double(most - least) / 2e6
            return .text(text(point) + (half > 0 ? " \(plusMinus) \(seconds(half))" : ""))
        case (_, nil, let most?): return .text("before " + text(most))
        case (_, let least?, nil): return .text("not yet at " + text(least))
        default: return .null
        }
    }

    private func text(_ moment: Int64) -> String {
        HumanText.moment(moment, utcOffset: utcOffset)
    }

    /// `10.0 s`, `5.00 s (4.00 s to 6.00 s)` or `at least 65.0 s`.
    private func lasted(_ row: [Cell]) -> String {
        let least = row.at(.durationMin).real.map(seconds)
        guard let likely = row.at(.duration).real, let least,
            let most = row.at(.durationMax).real.map(seconds)
        else { return least.map { "at least " + $0 } ?? "not known" }
        return seconds(likely) + (least == most ? "" : " (\(least) to \(most))")
    }
}

extension [Cell] {
    /// A step's cell by its name.
    func at(_ place: TraceQuery.Place) -> Cell {
        indices.contains(place.rawValue) ? self[place.rawValue] : .null
    }
}
