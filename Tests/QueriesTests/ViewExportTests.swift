import GRDB
import Model
import Store
import Testing

@testable import Queries

@Suite("Views as CSV")
struct ViewExportTests {
    let night: Night

    init() throws { night = try Night() }

    private func csv(_ view: String, isRaw: Bool = false, part: Int64 = 32_768) throws -> String {
        let view = try #require(PublicView.all.first { $0.name == view })
        var octets: [UInt8] = []
        try Reader(path: night.path).read { session in
            try session.writeCSV(of: view, range: nil, isRaw: isRaw, part: part) { octets += $0 }
        }
        return String(decoding: octets, as: UTF8.self)
    }

    @Test(
        "A view in parts is the view in one",
        arguments: ["connections", "lifetimes"])
    func parts(view: String) throws {
        let whole = try csv(view)
        #expect(whole.split(separator: "\r\n").count > 1)
        #expect(try csv(view, part: 1) == whole)
        #expect(try csv(view, part: 2) == whole)
    }

    @Test("Every cell is written as SQLite shows it", arguments: PublicView.all.map(\.name))
    func cells(view: String) throws {
        let rows = try DatabaseQueue(path: night.path).read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM \(view)").map { row in
                try row.databaseValues.map { value in
                    try String.fetchOne(
                        database, sql: "SELECT CAST(? AS TEXT)", arguments: [value])
                }
            }
        }
        let lines = rows.map { $0.map(quoted).joined(separator: ",") + "\r\n" }
        let text = try csv(view, isRaw: true)
        let end = try #require(text.firstRange(of: "\r\n")?.upperBound)
        #expect(String(text[end...]) == lines.joined())
    }

    private func quoted(_ text: String?) -> String {
        guard let text else { return "" }
        let isPlain = text.utf8.allSatisfy {
            $0 > 0x20 && $0 < 0x7f && ![0x22, 0x27, 0x2c].contains($0)
        }
        return isPlain && !text.isEmpty ? text : "\"" + text.replacing("\"", with: "\"\"") + "\""
    }

    @Test("A name that would be a formula is marked, unless it is asked for as it is")
    func formulas() throws {
        #expect(try csv("processes").contains(",\"'=1+1\u{1b}[31m\","))
        #expect(try csv("processes", isRaw: true).contains(",\"=1+1\u{1b}[31m\","))
    }

    @Test("What is counted in parts is what is counted in one")
    func tallies() throws {
        try Reader(path: night.path).read { session in
            let range = night.whole.range
            let whole = try session.tally(SummaryTally(range), divisible: .max).cells
            #expect(whole["connections"] == .integer(6))
            #expect(try session.tally(SummaryTally(range), divisible: 1).cells == whole)
        }
    }
}
