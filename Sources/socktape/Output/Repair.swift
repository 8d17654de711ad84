import Model
import Queries
import Rendering
import Store

/// Carries what can be read of a damaged recording into a new file, and tells what that was.
struct Repair {
    let path: String
    let target: String
    let page: Page

    func run(in surroundings: Surroundings) throws {
        if let recorder = surroundings.recorder(path) {
            throw Failure(
                .busy,
                "cannot repair \(path): process \(recorder) records into it; "
                    + "try again when it has ended")
        }
        let report = try Reader.salvage(
            path, into: target, cancellation: surroundings.cancellation)
        try page.show(
            ArrayCursor(
                columns: [
                    Column("table"), Column("salvaged"), Column("left_out"), Column("pages_lost"),
                    Column("lost_at_most"),
                ],
                rows: report.tables.map { table in
                    [
                        .text(table.name), .integer(Int64(table.salvaged)),
                        .integer(Int64(table.leftOut)), .integer(Int64(table.pagesLost)),
                        table.lostAtMost.map { .integer($0) } ?? .null,
                    ]
                }))
        for note in report.notes { try page.note(note) }
        try page.finish()
        guard report.findings.isEmpty else {
            throw Failure(
                .data,
                "cannot vouch for \(target): \(report.findings.count) findings of damage; "
                    + "try an earlier copy")
        }
        try page.note(verdict(report))
    }

    private func verdict(_ report: SalvageReport) -> String {
        guard !report.isWhole else { return "\(target): all of \(path), which has no damage" }
        let leftOut = report.tables.reduce(0) { $0 + $1.leftOut }
        let pages = report.tables.reduce(0) { $0 + $1.pagesLost }
        return "\(target): \(HumanText.count(Int64(report.salvaged), "row")) salvaged; "
            + "\(HumanText.count(Int64(leftOut), "row")) left out; "
            + "\(HumanText.count(Int64(pages), "page")) lost"
    }
}
