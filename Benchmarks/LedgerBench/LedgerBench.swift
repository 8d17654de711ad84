import Yardstick

/// What the ledger alone costs, beside a hash table in C that looks the same rows up. Prints JSON;
/// all times are of the processor, medians of the rounds.
@main
struct LedgerBench {
    static func main() {
        let options = Options(CommandLine.arguments)
        let still = StillTable(rows: options.rows)
        var unchanged: [Double] = []
        var changed: [Double] = []
        var unchangedC: [Double] = []
        var changedC: [Double] = []
        var bench = still
        for round in 0..<options.rounds {
            unchanged.append(bench.sample())
            unchangedC.append(bench.probe())
            bench.move(round)
            changed.append(bench.sample())
            changedC.append(bench.probe())
        }
        var churn = Churn(lives: options.rows)
        let events = (0..<options.rounds).map { _ in churn.round() }
        var sheet = Sheet()
        sheet.add("rows", Double(options.rows))
        sheet.add("unchanged_ns", unchanged.median)
        sheet.add("unchanged_c_ns", unchangedC.median)
        sheet.add("unchanged_ratio", unchanged.median / unchangedC.median)
        sheet.add("changed_ns", changed.median)
        sheet.add("changed_c_ns", changedC.median)
        sheet.add("changed_ratio", changed.median / changedC.median)
        sheet.add("events_ns_a_connection", events.map(\.connection).median)
        sheet.add("events_ns_an_event", events.map(\.event).median)
        sheet.add("octets_a_socket", bench.octetsASocket)
        print(sheet.text)
    }
}

/// What the command line asks for.
struct Options {
    /// Sockets in the table.
    var rows = 100_000
    /// How often each is measured.
    var rounds = 9

    init(_ words: [String]) {
        for (word, next) in zip(words, words.dropFirst()) {
            switch word {
            case "--rows": rows = Int(next) ?? rows
            case "--rounds": rounds = Int(next) ?? rounds
            default: break
            }
        }
    }
}

/// Figures in the order in which they were added.
struct Sheet {
    private var parts: [String] = []

    mutating func add(_ name: String, _ value: Double) {
        let digits = "\(Double(Int(value * 100)) / 100)"
        parts.append("\"\(name)\": \(digits)")
    }

    var text: String { "{" + parts.joined(separator: ", ") + "}" }
}

extension [Double] {
    /// The value in the middle.
    var median: Double { isEmpty ? .nan : sorted()[count / 2] }
}
