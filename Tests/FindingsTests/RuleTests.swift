import Findings
import Model
import Testing

@Suite("Rules judge values, wherever they come from")
struct RuleTests {
    private func write(_ sentence: Sentence) -> String { sentence.text { "<\($0)>" } }

    @Test func `A row that lacks what cannot be missing is not judged`() {
        let whole: [String: Cell] = ["held": 5, "waiting": 4, "ports": 10]
        #expect(PortExhaustion.judge(rows: [SeenRow(whole)], Thresholds()).findings.count == 1)
        var row = whole
        row["waiting"] = .null
        #expect(PortExhaustion.judge(rows: [SeenRow(row)], Thresholds()).findings.isEmpty)
        // Not knowing how many ports there are is no finding, and is said.
        row = whole
        row["ports"] = .null
        let verdict = PortExhaustion.judge(rows: [SeenRow(row)], Thresholds())
        #expect(verdict.findings.isEmpty)
        #expect(verdict.lack?.contains("ip_local_port_range") == true)
    }

    @Test func `Attempts that were not sent make a shortage of ports critical`() {
        let row: [String: Cell] = ["held": 85, "waiting": 0, "ports": 100, "not_sent": 3]
        let finding = PortExhaustion.judge(rows: [SeenRow(row)], Thresholds()).findings.first
        #expect(finding?.severity == .critical)
        #expect(finding.map { write($0.seen).contains("<count(3)> attempts") } == true)
    }

    @Test func `A count and its noun agree`() {
        let one: Sentence = "\(count: 1, "close")"
        let two: Sentence = "\(count: 2, "process", many: "processes")"
        #expect(write(one) == "<count(1)> close")
        #expect(write(two) == "<count(2)> processes")
    }

    @Test func `The worst findings come first, and of equal ones each kind stays together`() {
        let all = [
            Finding(.gaps, .notice, "a", seen: "", evidence: []),
            Finding(.failedConnects, .warning, "b", seen: "", evidence: []),
            Finding(.coverage, .critical, "c", seen: "", evidence: []),
            Finding(.closeWaitLeak, .warning, "d", seen: "", evidence: []),
            Finding(.failedConnects, .warning, "e", seen: "", evidence: []),
        ]
        #expect(Rulebook.sorted(all).map { write($0.title) } == ["c", "d", "b", "e", "a"])
    }

    @Test func `Each kind has one rule, and each threshold a name of its own`() {
        #expect(Rulebook.all.map { $0.kind } == FindingKind.allCases)
        let names = Rulebook.thresholds.map(\.threshold.name)
        #expect(Set(names).count == names.count)
    }

    @Test func `A few odd counts do not hide a leak, nor how long is left`() {
        // Two more each minute for ten hours, and requests that hold 500 for a moment.
        let seen = (0..<600).map { minute in
            let odd: Int64 = minute.isMultiple(of: 37) ? 500 : 0
            return DescriptorLeak.Seen(
                process: 1, name: "app", pid: 1, from: Int64(minute) * 60_000_000,
                until: Int64(minute + 1) * 60_000_000, open: 100 + Int64(minute) * 2 + odd,
                peak: 0, limit: 20_000)
        }
        let finding = DescriptorLeak.judge(seen, Thresholds()).findings.first
        #expect(finding?.severity == .warning || finding?.severity == .notice)
        let left = finding?.evidence.first { $0.name == "time_left_s" }?.figure
        // 20,000 less 1,298 at 2 a minute.
        guard case .seconds(let seconds) = left else {
            Issue.record("no time left was told")
            return
        }
        #expect(abs(seconds - 561_060) < 6000)
    }

    @Test func `A handshake's length is told by how many wait and how many are accepted`() {
        var seen = HalfOpen(
            most: 400, peak: 5, backlog: nil, somaxconn: nil, samples: 10, mean: 300, from: 0,
            until: 10_000_000, accepted: 1000)
        // 300 wait, 100 a second are accepted: 3 s each.
        #expect(HalfOpenFlood.judge([seen], Thresholds()).findings.count == 1)
        seen.accepted = 1001
        #expect(HalfOpenFlood.judge([seen], Thresholds()).findings.isEmpty)
        seen.accepted = nil
        #expect(HalfOpenFlood.judge([seen], Thresholds()).findings.isEmpty)
    }
}

extension Cell: ExpressibleByIntegerLiteral {
    /// A literal is an integer cell.
    public init(integerLiteral value: Int64) { self = .integer(value) }
}
