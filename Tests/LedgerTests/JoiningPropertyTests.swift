import Ledger
import Model
import Testing

@Suite("Whatever is told, and whatever is lost")
struct JoiningPropertyTests {
    @Test("no connection is invented, doubled or ended twice", arguments: Trial.all)
    func onceAtMost(trial: Trial) {
        var failures: [String] = []
        for record in trial.pairing.invented { failures.append("invented: \(record)") }
        for (life, records) in trial.pairing.records.enumerated() where records.count > 1 {
            if trial.plan.detail == nil, trial.plan.closes, trial.isAmbiguous(life) { continue }
            failures.append("doubled: \(trial.tell(life))")
        }
        // Written once more when its 4-tuple turns out to have been used anew, or when the reset
        // behind its end is told.
        for (id, times) in trial.rehearsal.endings where times > 1 {
            if trial.rehearsal.records[id]?.timeWait?.endedBy == .reused { continue }
            if trial.rehearsal.records[id]?.closeKind == .reset { continue }
            failures.append("ended \(times) times: \(trial.rehearsal.records[id] as Any)")
        }
        #expect(trial.rehearsal.revived.isEmpty)
        expectNone(failures)
    }

    @Test("every connection that was told of is recorded", arguments: Trial.undisturbed)
    func onceAtLeast(trial: Trial) {
        var failures: [String] = []
        for (life, records) in trial.pairing.records.enumerated() {
            let evidence = trial.rehearsal.evidence[life]
            guard evidence.isHeard || evidence.isShown else { continue }
            if records.isEmpty { failures.append("missing: \(trial.tell(life))") }
        }
        expectNone(failures)
    }

    @Test("every connection that a dump showed is recorded", arguments: Trial.all)
    func shownOnce(trial: Trial) {
        var failures: [String] = []
        for (life, records) in trial.pairing.records.enumerated()
        where trial.rehearsal.evidence[life].isShown && records.isEmpty {
            failures.append("missing: \(trial.tell(life))")
        }
        expectNone(failures)
    }

    @Test("the true times lie within the bounds", arguments: Trial.all)
    func truthWithinBounds(trial: Trial) {
        var failures: [String] = []
        for (life, truth, record) in trial.pairs {
            for edge in Edge.all(truth, record) where !edge.isTrue {
                failures.append(
                    "\(edge.name) \(edge.truth) not in \(edge.bounds): \(trial.tell(life))")
            }
            if !truth.isConnected, record.opened != .unknown {
                failures.append("opened, though never: \(trial.tell(life))")
            }
        }
        expectNone(failures)
    }

    @Test("states that never were are not recorded", arguments: Trial.all)
    func statesAreTrue(trial: Trial) {
        var failures: [String] = []
        for (life, truth, record) in trial.pairs {
            let states = Set(truth.states.map(\.state))
            let isTrue = record.spans.allSatisfy { states.contains($0.state) }
            if !isTrue { failures.append("a state that never was: \(trial.tell(life))") }
            if record.timeWait != nil, truth.timeWaitEnd == nil {
                failures.append("TIME_WAIT, though never: \(trial.tell(life))")
            }
        }
        expectNone(failures)
    }

    @Test("bounds are no wider than the two looks around the change", arguments: Trial.all)
    func noWiderThanLooks(trial: Trial) {
        var failures: [String] = []
        for (life, truth, record) in trial.pairs {
            // A destroy message may come long after the end, and says when the last segment went:
            // more than a dump's silence tells of what was held dead.
            if trial.plan.detail == nil, trial.plan.closes, !trial.isShownFull(life) { continue }
            let looks = trial.rehearsal.evidence[life].looks
            for edge in Edge.all(truth, record) where edge.isTrue && edge.isWider(than: looks) {
                failures.append("\(edge.name) is wide, \(edge.bounds): \(trial.tell(life))")
            }
        }
        expectNone(failures)
    }

    @Test("a change that was told in time is exact", arguments: Trial.prompt)
    func toldIsExact(trial: Trial) {
        var failures: [String] = []
        for (life, truth, record) in trial.pairs where record.cookie == truth.cookie {
            let told = trial.rehearsal.evidence[life].told
            for edge in Edge.all(truth, record) {
                guard let state = edge.state, edge.bounds.width != 0,
                    told.contains(where: { $0.state == state && $0.moment == edge.truth })
                else { continue }
                failures.append("\(edge.name) \(edge.bounds) was told: \(trial.tell(life))")
            }
        }
        expectNone(failures)
    }

    @Test("with nothing lost, 99 of 100 edges are exact", arguments: Trial.undisturbed)
    func exactShare(trial: Trial) {
        var exact = 0
        var all = 0
        let from = trial.rehearsal.heardFrom
        let until = trial.rehearsal.heardUntil
        for (_, truth, record) in trial.pairs {
            for edge in Edge.all(truth, record) where edge.isTellable {
                guard edge.truth > from, edge.truth <= until else { continue }
                all += 1
                exact += edge.bounds.width == 0 ? 1 : 0
            }
        }
        #expect(all > 300)
        #expect(Double(exact) >= Double(all) * 0.99, "\(exact) of \(all)")
    }

    @Test("stays of a connection follow each other without overlap", arguments: Trial.all)
    func noOverlap(trial: Trial) {
        var failures: [String] = []
        for (life, _, record) in trial.pairs {
            for (one, next) in zip(record.spans, record.spans.dropFirst())
            where one.left != next.entered {
                failures.append("overlap: \(trial.tell(life))")
            }
            guard let timeWait = record.timeWait, let last = record.spans.last else { continue }
            // Another state that nobody saw may lie between.
            if last.left.latest != timeWait.entered.latest {
                failures.append("overlap: \(trial.tell(life))")
            }
        }
        expectNone(failures)
    }

    @Test(
        "with nothing lost, a table without a dump is the kernel's own",
        arguments: Trial.undisturbed)
    func known(trial: Trial) {
        let rehearsal = trial.rehearsal
        var failures: [String] = []
        for (sample, truth) in rehearsal.truths {
            let told = Self.toldStates(rehearsal.tables[sample])
            if told == Self.toldStates(truth) { continue }
            failures.append(
                "sample \(sample), \(trial.testDescription): \(told), \(Self.toldStates(truth))")
        }
        expectNone(failures)
        if rehearsal.plan.oneDumped > 1 { #expect(rehearsal.truths.count > 20) }
    }

    /// Where an orphan's FIN-WAIT-2 becomes TIME-WAIT kernels before 6.11 tell it to dumps alone.
    private static func toldStates(_ table: StateCounts?) -> [Int64] {
        guard let table else { return [] }
        let ends = table[.finWait2] + table[.timeWait]
        return [table.total, table[.established], table[.synSent], table[.closeWait], ends]
            + [table[.finWait1], table[.lastAck], table[.closing]]
    }

    @Test("with nothing lost, no dump finds what was not told", arguments: Trial.undisturbed)
    func drift(trial: Trial) {
        #expect(trial.rehearsal.drift == 0, "\(trial)")
    }

    @Test("each sample's table is rebuilt from the stays", arguments: Trial.all)
    func rebuilt(trial: Trial) {
        var failures: [String] = []
        for (sample, table) in trial.rehearsal.tables.sorted(by: { $0.key < $1.key }) {
            var counts: [TCPState: Int64] = [:]
            for record in trial.rehearsal.records.values {
                guard let state = HistoryPropertyTests.state(of: record, at: sample) else {
                    continue
                }
                counts[state, default: 0] += 1
            }
            // Bare SYN-RECV is counted, and is no connection.
            for number in UInt8(1)...11 where number != TCPState.synReceived.rawValue {
                let state = TCPState(rawValue: number)
                if table[state] == counts[state, default: 0] { continue }
                failures.append(
                    "\(state.name) at \(sample): \(counts[state, default: 0]) of \(table[state]), "
                        + trial.testDescription)
            }
        }
        expectNone(failures)
    }

    @Test("the role is never wrong", arguments: Trial.all)
    func role(trial: Trial) {
        var failures: [String] = []
        for (life, truth, record) in trial.pairs where record.role != .unknown {
            if (record.role == .server) != truth.isServer { failures.append(trial.tell(life)) }
        }
        expectNone(failures)
    }
}
