import Model
import Queries
import Rendering
import Statistics

/// Descriptors with how they grow and when their limit is reached.
struct DescriptorTable {
    /// What people see of the columns, the last for them alone.
    static let shown = [1, 2, 3, 6, 7, 9, 17, 8]
    private static let most = 3

    private(set) var rows: [[Cell]] = []
    /// How those that grow do, the first to be full first.
    private(set) var sentences: [String] = []

    /// `rows` are those of `DescriptorsQuery`.
    init(_ rows: [[Cell]], _ growth: DescriptorGrowth, isForPeople: Bool) {
        var told: [(seconds: Double, text: String)] = []
        for row in rows {
            let found = growth.of(row[9].integer)
            let left = Left(last: row[3].real, limit: row[6].real, found)
            var cells = Array(row.dropLast())
            cells += [found?.line.slope, found?.line.lower, found?.line.upper].map { Self.real($0) }
            cells.append(found.map { .text($0.trend) } ?? .null)
            cells += [left.likely, left.least, left.most].map { Self.real($0) }
            cells.append(row[9])
            if isForPeople {
                cells.append(.text(Self.fullIn(found, left)))
                if row[0].text == "host" { cells[1] = .text("host") }
            }
            self.rows.append(cells)
            if let found, let sentence = Self.sentence(row, found, left) {
                told.append((left.likely ?? .infinity, sentence))
            }
        }
        sentences = told.sorted { $0.seconds < $1.seconds }.prefix(Self.most).map(\.text)
    }

    /// Seconds until a limit is reached if all goes on so; nil where it is not, or has none.
    private struct Left {
        var likely: Double?
        var least: Double?
        var most: Double?

        init(last: Double?, limit: Double?, _ growth: DescriptorGrowth.Growth?) {
            guard let last, let limit, let growth, growth.trend == "growing" else { return }
            let room = max(0, limit - last) * 3_600
            likely = room / growth.line.slope
            least = room / growth.line.upper
            most = room / growth.line.lower
        }
    }

    private static func real(_ number: Double?) -> Cell { number.map { .real($0) } ?? .null }

    private static func fullIn(_ growth: DescriptorGrowth.Growth?, _ left: Left) -> String {
        guard let growth else { return "-" }
        guard growth.trend == "growing" else { return growth.trend }
        return left.likely.map { HumanText.seconds($0) } ?? "growing"
    }

    private static func sentence(
        _ row: [Cell], _ growth: DescriptorGrowth.Growth, _ left: Left
    ) -> String? {
        guard growth.trend == "growing" else { return nil }
        func number(_ value: Double) -> String { HumanText.number((value * 10).rounded() / 10) }
        let name =
            row[0].text == "host"
            ? "the host"
            : (row[1].text ?? "unknown") + (row[2].integer.map { " (\($0))" } ?? "")
        let pace =
            "\(name) grows by \(number(growth.line.slope)) descriptors an hour "
            + "(\(number(growth.line.lower)) to \(number(growth.line.upper)))"
        guard let likely = left.likely, let least = left.least, let most = left.most,
            let limit = row[6].integer
        else { return pace }
        return pace + "; its limit of \(HumanText.number(limit)) is reached in "
            + "\(HumanText.seconds(likely)) (\(HumanText.seconds(least)) to "
            + "\(HumanText.seconds(most))) if it goes on so"
    }

    /// What people alone see is the last column.
    static func columns(isForPeople: Bool) -> [Column] {
        [
            Column("scope"), Column("process"), Column("pid"), Column("last", kind: .number),
            Column("peak", kind: .number), Column("growth", kind: .number),
            Column("limit", kind: .number), Column("peak_share", title: "used", kind: .ratio),
            Column("peaks", title: "over time", kind: .series),
            Column("growth_per_h", title: "an hour", kind: .number),
            Column("growth_per_h_min", title: "at least", kind: .number),
            Column("growth_per_h_max", title: "at most", kind: .number),
            Column("trend"), Column("to_limit_s", title: "to limit", kind: .seconds),
            Column("to_limit_min_s", title: "soonest", kind: .seconds),
            Column("to_limit_max_s", title: "latest", kind: .seconds), Column("process_id"),
        ] + (isForPeople ? [Column("full_in", title: "full in")] : [])
    }
}
