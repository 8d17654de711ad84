import Model
import Queries
import Rendering

extension Desk {
    private static let mostGaps: Int64 = 5

    /// Says where nothing was seen.
    func tellGaps(_ scope: Scope) throws {
        var shortened = scope
        shortened.top = Self.mostGaps + 1
        let gaps = try session.all(GapsQuery(shortened).question)
        for gap in gaps.prefix(Int(Self.mostGaps)) { try note(sentence(ofGap: gap)) }
        if gaps.count > Self.mostGaps { try note("gap: and more; see 'socktape report coverage'") }
    }

    /// Lateness below this is a busy host's usual, µs; and what waits, octets.
    private static let usualLag: Int64 = 1_000_000
    private static let usualBacklog: Int64 = 8 << 20

    /// Says where the recorder itself did not keep up.
    func tellStrain(_ scope: Scope) throws {
        guard let row = try session.all(StrainQuery(scope.range).question).first else { return }
        if let lag = row[0].integer, lag >= Self.usualLag, let moment = row[1].integer {
            let length = HumanText.seconds(Double(lag) / 1e6)
            try note("recorder: a sample came \(length) late, at \(text(moment))")
        }
        let (write, waiting) = (row[2].integer ?? 0, row[3].integer ?? 0)
        if write >= Self.usualLag || waiting >= Self.usualBacklog {
            try note(
                "recorder: a write took \(HumanText.seconds(Double(write) / 1e6)), and "
                    + "\(HumanText.bytes(Double(waiting))) waited")
        }
        if let late = row[4].integer, late > 0 {
            try note("recorder: \(HumanText.count(late, "event")) came too late to be exact")
        }
    }

    /// What the sources say of themselves, a sentence each.
    func sourceSentences(_ scope: Scope) throws -> [String] {
        try session.all(SourcesQuery(scope).question).compactMap { row in
            guard let source = row[0].text else { return nil }
            let reason = row[4].text
            var text = reason
            if let lost = row[3].integer, lost > 0 {
                let loss = Self.loss(of: source, lost)
                // A loss names itself in its reason.
                let isNamed = reason?.hasPrefix("lost: ") ?? false
                let cause = reason.map { isNamed ? $0.dropFirst(4) : "; \($0)" }
                text = loss + (cause ?? "")
            }
            return text.map { "\(source): \($0)" + when(row) }
        }
    }

    /// How often and how long a source was shed or lost something.
    private func when(_ row: [Cell]) -> String {
        guard let reason = row[4].text, reason.hasPrefix("shed") || reason.hasPrefix("lost"),
            let from = row[1].integer, let times = row[5].integer
        else { return "" }
        let first = times == 1 ? "at" : "\(HumanText.number(times)) times, first at"
        let length =
            row[6].real
            .map { ", for \(HumanText.seconds($0))" + (times == 1 ? "" : " in all") } ?? ""
        return " (\(first) \(text(from))\(length))"
    }

    private static func loss(of source: String, _ lost: Int64) -> String {
        switch source {
        case "bpf": HumanText.count(lost, "event") + " lost"
        case "sock_destroy": HumanText.count(lost, "destroy message") + " lost"
        case "schedule": HumanText.count(lost, "sample") + " could not be taken in time"
        case "file": HumanText.count(lost, "connection") + " counted only"
        case "repair": HumanText.count(lost, "row") + " left out"
        case "sock_diag", "proc_net_tcp": HumanText.count(lost, "walk") + " not complete"
        default: "lost \(HumanText.number(lost)) of what it should have seen"
        }
    }

    private func sentence(ofGap row: [Cell]) -> String {
        let length = row[2].real.map { HumanText.seconds($0) } ?? "some time"
        let from = row[0].integer.map { text($0) } ?? "?"
        let until = row[1].integer.map { text($0) } ?? "?"
        // With samples, what is missing are connections that could not be written.
        let what =
            row[4].integer ?? 0 > 0 ? "connections are only counted" : "nothing was seen"
        return "gap: \(what) for \(length), \(from) to \(until) (\(row[3].text ?? "?"))"
    }
}

extension Cell {
    /// The number of an integer; nil for anything else. A prepared file may hold numbers that no sum
    /// survives: beyond 2^60 it is that.
    var integer: Int64? {
        guard case .integer(let number) = self else { return nil }
        return max(-(1 << 60), min(1 << 60, number))
    }

    /// A number as a double; nil for anything else.
    var real: Double? {
        switch self {
        case .integer(let number): Double(number)
        case .real(let number): number
        default: nil
        }
    }

    /// The text; nil for anything else.
    var text: String? { if case .text(let text) = self { text } else { nil } }
}
