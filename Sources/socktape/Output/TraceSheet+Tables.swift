import Model
import Queries
import Rendering

extension TraceSheet {
    /// So many of the connections before, and after, are shown.
    private static let nearest = 5

    /// The steps; the owners where there were several; the others between the same ends.
    var tables: [ArrayCursor] {
        [steps] + (owners.map { [$0] } ?? []) + (others.map { [$0] } ?? [])
    }

    private var steps: ArrayCursor {
        ArrayCursor(
            columns: [
                Column("entered", kind: .moment), Column(plusMinus), Column("state"),
                Column("lasted", kind: .seconds), Column("at least", kind: .seconds),
                Column("at most", kind: .seconds),
            ],
            rows: rows(of: "handshake", "state").map { row in
                [
                    row.at(.entered) == .null ? row.at(.enteredMax) : row.at(.entered),
                    spread(row), row.at(.state) == .null ? .text("handshake") : row.at(.state),
                    row.at(.duration), row.at(.durationMin), row.at(.durationMax),
                ]
            })
    }

    /// How far the moment beside it may be off.
    private func spread(_ row: [Cell]) -> Cell {
        guard let most = row.at(.enteredMax).integer else { return .null }
        guard let least = row.at(.enteredMin).integer else { return .text("or before") }
        return .text(least == most ? "exact" : seconds(Double(most - least) / 2e6))
    }

    private var owners: ArrayCursor? {
        let rows = rows(of: "owner")
        guard rows.count > 1 else { return nil }
        return ArrayCursor(
            columns: [
                Column("held by"), Column("pid"), Column("from", kind: .moment),
                Column("until", kind: .moment),
            ],
            rows: rows.map { [$0.at(.process), $0.at(.pid), $0.at(.entered), $0.at(.left)] })
    }

    private var others: ArrayCursor? {
        let rows =
            rows(of: "other end") + rows(of: "earlier").suffix(Self.nearest)
            + rows(of: "later").prefix(Self.nearest)
        guard !rows.isEmpty else { return nil }
        return ArrayCursor(
            columns: [
                Column("same ends"), Column("id"), Column("began", kind: .moment),
                Column("lasted", kind: .seconds), Column("last state"), Column("how"),
            ],
            rows: rows.map { row in
                [
                    row.at(.part), row.at(.connection),
                    row.at(.entered) == .null ? row.at(.enteredMax) : row.at(.entered),
                    row.at(.duration), row.at(.state), row.at(.endedBy),
                ]
            })
    }

    /// What else is to be said.
    var sentences: [String] {
        var sentences: [String] = []
        let counts = [("earlier", rows(of: "earlier").count), ("later", rows(of: "later").count)]
        let told = counts.filter { $0.1 > 0 }
            .map { "\(HumanText.number(Int64($0.1))) \($0.0)" }
        if told.isEmpty {
            sentences.append("no other connection between these ends was recorded")
        } else {
            let isCut = counts.contains { $0.1 > Self.nearest }
            sentences.append(
                "between the same ends: " + told.joined(separator: ", ")
                    + (isCut ? "; the nearest are shown, --format csv lists all" : ""))
        }
        let owner = rows(of: "connection").first?.at(.process)
        if owner == .null {
            sentences.append("who held it was not seen")
        }
        return sentences
    }
}
