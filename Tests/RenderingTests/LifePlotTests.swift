import Foundation
import Rendering
import Testing

@Suite("A drawing of lifetimes")
struct LifePlotTests {
    private func plot(
        from first: Double, to last: Double, width: Int, unicode: Bool = true,
        _ survival: (Double) -> Double
    ) throws -> String {
        let axis = try #require(
            LogAxis(from: first, to: last, columns: LifePlot.columns(in: width)))
        return LifePlot(axis, survival: axis.edges.map(survival), unicode: unicode).text
    }

    /// Half live 20 ms, half 2 min, each with an exponential spread.
    private func twoKinds(_ age: Double) -> Double {
        0.5 * exp(-age / 0.02) + 0.5 * exp(-age / 120)
    }

    @Test("looks as it was approved", arguments: [80, 40])
    func approved(width: Int) throws {
        try Golden.expect(
            plot(from: 0.001, to: 900, width: width, twoKinds), is: "lifetimes-\(width).txt")
    }

    @Test("looks as it was approved where the locale is not UTF-8", arguments: [80, 40])
    func ascii(width: Int) throws {
        let text = try plot(from: 0.001, to: 900, width: width, unicode: false, twoKinds)
        #expect(text.utf8.allSatisfy { $0 < 0x80 })
        try Golden.expect(text, is: "lifetimes-\(width)-ascii.txt")
    }

    @Test("of one life is a step")
    func step() throws {
        try Golden.expect(
            plot(from: 10, to: 10, width: 60) { $0 < 10 ? 1 : 0 }, is: "lifetimes-step.txt")
    }

    @Test("fits its terminal and ends no line with a space", arguments: [20, 40, 61, 80, 300])
    func fits(width: Int) throws {
        for (first, last) in [(1e-7, 1e-5), (0.5, 0.6), (0.001, 86_400), (3, 1e7)] {
            for unicode in [true, false] {
                let lines = try plot(from: first, to: last, width: width, unicode: unicode) {
                    exp(-$0 / last)
                }.split(separator: "\n", omittingEmptySubsequences: false)
                for line in lines { #expect(line.count < max(width, 29) && line.last != " ") }
            }
        }
    }

    @Test("falls from the top left to where the share is at the right")
    func shape() throws {
        let lines = try plot(from: 1, to: 100, width: 47, unicode: false) { $0 < 10 ? 1 : 0.5 }
            .split(separator: "\n").map { Array($0) }
        // Forty columns from 0.8 s to 125 s: 10 s lies in column 20 (40 · ln 12.5 / ln 156.25).
        #expect(lines[1].lastIndex(of: "*") == 7 + 19 || lines[1].lastIndex(of: "*") == 7 + 20)
        #expect(lines[5].last == "*" && lines[5].count == 46)
        #expect(lines[6].allSatisfy { $0 != "*" })
    }

    @Test("puts its marks where they belong, and labels that do not touch")
    func marks() throws {
        let lines = try plot(from: 0.001, to: 900, width: 80) { _ in 1 }
            .split(separator: "\n").map { Array($0) }
        let rule = try #require(lines.dropLast().last)
        let marks = rule.indices.filter { rule[$0] == "┬" }
        // Seventy-two columns from 0.8 ms to 1125 s: 1 ms lies in the second, 1 s in the 37th.
        let places = [0.001, 0.01, 0.1, 1, 10, 60, 600].map {
            7 + Int(72 * log($0 / 0.0008) / log(1125 / 0.0008))
        }
        #expect(marks == places)
        let labels = String(try #require(lines.last)).split(separator: /\s{2,}/)
        #expect(labels == ["1 ms", "10 ms", "100 ms", "1 s", "10 s", "1 min", "10 min"])
    }

    @Test("needs finite ages")
    func nothing() {
        #expect(LogAxis(from: .nan, to: 1, columns: 10) == nil)
        #expect(LogAxis(from: 1, to: .infinity, columns: 10) == nil)
    }
}
