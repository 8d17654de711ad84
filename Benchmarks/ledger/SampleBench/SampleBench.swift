import Kernel
import Ledger
import Model
import Yardstick

/// What one dumped sample of this network namespace's still table costs: the dump, its decoding and
/// the ledger's work; beside a C program that dumps the same and discards it, and beside
/// `ss -tan >/dev/null`. Prints JSON; processor times (user and system), medians of the rounds.
@main
struct SampleBench {
    static func main() throws {
        let words = CommandLine.arguments
        let rounds = words.count > 2 && words[1] == "--rounds" ? Int(words[2]) ?? 9 : 9
        let source = try SockDiag()
        var ledger = ConnectionLedger(netns: 1, numbering: Numbering())
        var samples: Int64 = 0
        for _ in 0..<3 { _ = sample(source, &ledger, &samples) }
        // Before the yardstick's own buffers are there.
        let resident = yardstick_resident()
        var light: [Double] = []
        var (ours, raw, bare, theirs) = ([Double](), [Double](), [Double](), [Double]())
        var rows = 0
        for _ in 0..<rounds {
            let before = yardstick_now()
            guard yardstick_dump(1) > 0 else { fatalError("cannot dump") }
            let between = yardstick_now()
            rows = sample(source, &ledger, &samples)
            ours.append(Double(yardstick_now() - between) / 1e6)
            raw.append(Double(between - before) / 1e6)
            let last = yardstick_now()
            guard yardstick_dump(0) > 0 else { fatalError("cannot dump") }
            let lighter = yardstick_now()
            bare.append(Double(lighter - last) / 1e6)
            source.asksForInfo = false
            _ = sample(source, &ledger, &samples)
            source.asksForInfo = true
            light.append(Double(yardstick_now() - lighter) / 1e6)
            theirs.append(Double(yardstick_ss()) / 1e6)
        }
        print(
            "{\"rows\": \(rows), \"sample_ms\": \(ours.median), \"raw_ms\": \(raw.median), "
                + "\"raw_without_info_ms\": \(bare.median), "
                + "\"sample_without_info_ms\": \(light.median), "
                + "\"ss_ms\": \(theirs.median), \"sample_to_raw\": \(ours.median / raw.median), "
                + "\"sample_to_ss\": \(ours.median / theirs.median), "
                + "\"resident_mb\": \(Double(resident) / 1e6)}")
    }

    private static func sample(
        _ source: SockDiag, _ ledger: inout ConnectionLedger, _ samples: inout Int64
    ) -> Int {
        samples += 1
        ledger.beginSample(samples)
        let outcome = source.dump { window, rows in
            ledger.observe(rows, in: microseconds(window))
        }
        let absent = ledger.endDump(
            microseconds(outcome.window), complete: outcome.failure == nil)
        for absentee in absent { ledger.leave(absentee) }
        _ = ledger.endSample()
        return outcome.rows
    }

    private static func microseconds(_ window: BootWindow) -> Window {
        Window(earliest: window.earliest / 1000, latest: window.latest / 1000)
    }
}

extension [Double] {
    /// The value in the middle.
    var median: Double { isEmpty ? .nan : sorted()[count / 2] }
}
