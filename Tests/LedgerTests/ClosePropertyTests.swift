import Ledger
import Model
import Testing

@Suite("How connections end, and how many there were")
struct ClosePropertyTests {
    @Test("who closed and how is right when nothing was lost", arguments: Trial.undisturbed)
    func closeIsRight(trial: Trial) {
        var failures: [String] = []
        for (life, truth, record) in trial.heardPairs {
            if !truth.telling.closers.contains(record.closedBy) {
                failures.append("closed by \(record.closedBy): \(trial.tell(life))")
            }
            if record.closeKind != truth.telling.kind {
                failures.append("ended by \(record.closeKind): \(trial.tell(life))")
            }
        }
        expectNone(failures)
    }

    @Test("who closed and how is never wrong, at most unknown", arguments: Trial.all)
    func closeIsNeverWrong(trial: Trial) {
        var failures: [String] = []
        for (life, truth, record) in trial.pairs {
            var right = truth.telling.closers.union([.unknown])
            // Only CLOSING itself tells that both closed.
            let told = trial.rehearsal.evidence[life].told
            let isTold = trial.plan.isPrompt && told.contains { $0.state == .closing }
            if truth.entered(.closing) != nil, !isTold {
                right.insert(.local)
            }
            if !right.contains(record.closedBy) {
                failures.append("closed by \(record.closedBy): \(trial.tell(life))")
            }
            if record.closeKind != truth.telling.kind, record.closeKind != .unknown {
                failures.append("ended by \(record.closeKind): \(trial.tell(life))")
            }
        }
        expectNone(failures)
    }

    @Test(
        "a TIME_WAIT's end and restarts are right when nothing was lost",
        arguments: Trial.undisturbed)
    func timeWaitIsRight(trial: Trial) {
        var failures: [String] = []
        for (life, truth, record) in trial.heardPairs where truth.timeWaitEnd != nil {
            let isOver = truth.gone <= trial.rehearsal.heardUntil
            let hasBegun =
                (truth.timeWaitEntries.first ?? truth.gone)
                <= trial.rehearsal.heardUntil
            guard hasBegun else { continue }
            // Its successor's port is told with the successor's opening, which takes up to 3 s.
            let isRecent = truth.gone + 4_000_000 > trial.rehearsal.heardUntil
            if isRecent, truth.timeWaitEnd == .reused, record.timeWait?.endedBy == .cutShort {
                continue
            }
            if record.timeWait?.endedBy != (isOver ? truth.timeWaitEnd : .open) {
                failures.append("\(record.timeWait as Any): \(trial.tell(life))")
            }
            let restarts = truth.timeWaitEntries.dropFirst().count {
                $0 <= trial.rehearsal.heardUntil
            }
            if record.timeWait?.restarts != Int64(restarts) {
                failures.append("\(restarts) restarts: \(trial.tell(life))")
            }
        }
        expectNone(failures)
    }

    @Test("a TIME_WAIT's end and restarts are never wrong", arguments: Trial.all)
    func timeWaitIsNeverWrong(trial: Trial) {
        var failures: [String] = []
        for (life, truth, record) in trial.pairs {
            guard let waiting = record.timeWait, let end = truth.timeWaitEnd else { continue }
            var right: Set<TimeWaitEnd> = [end, .open, .unobserved]
            // Whether a successor took the 4-tuple shows only if somebody met the successor.
            if end == .reused { right.insert(.cutShort) }
            if !right.contains(waiting.endedBy) {
                failures.append("\(waiting.endedBy): \(trial.tell(life))")
            }
            if waiting.restarts >= max(1, truth.timeWaitEntries.count) {
                failures.append("restarts \(waiting.restarts): \(trial.tell(life))")
            }
        }
        expectNone(failures)
    }

    @Test("attempts recorded are all that the kernel counts", arguments: Trial.undisturbed)
    func coverageIsWhole(trial: Trial) {
        #expect(trial.rehearsal.active == trial.trueActive)
        #expect(trial.rehearsal.passive == trial.truePassive)
        #expect(trial.rehearsal.unattributed == 0, "\(trial.tell(role: .unknown))")
    }

    @Test("attempts recorded are never more than the kernel counts", arguments: Trial.all)
    func coverageNeverAboveOne(trial: Trial) {
        let rehearsal = trial.rehearsal
        let all = rehearsal.active + rehearsal.passive + rehearsal.unattributed
        let isWithin =
            rehearsal.active <= trial.trueActive && rehearsal.passive <= trial.truePassive
            && all <= trial.trueActive + trial.truePassive
        if !isWithin {
            Issue.record(
                """
                active \(rehearsal.active) of \(trial.trueActive), \
                passive \(rehearsal.passive) of \(trial.truePassive), \
                \(rehearsal.unattributed) unattributed
                """)
        }
    }

    @Test("payload is exact to the octet where an orderly end was told", arguments: Trial.hearing)
    func payload(trial: Trial) {
        var failures: [String] = []
        for (life, truth, record) in trial.pairs where truth.telling.kind == .fin {
            let evidence = trial.rehearsal.evidence[life]
            // Of a life that was there before, and ended before a dump, the mini-socket has
            // another name.
            guard record.cookie == truth.cookie else { continue }
            guard evidence.told.contains(where: { $0 == (.close, truth.closed) }) else { continue }
            if record.bytesSent != truth.telling.sent {
                failures.append("sent \(record.bytesSent as Any): \(trial.tell(life))")
            }
            let received = truth.telling.received
            // Without the mini-socket's timer nothing tells whether the peer's FIN is counted.
            let isTold = trial.plan.isUndisturbed || !truth.hasMini
            let right = isTold ? received...received : (max(received, 1) - 1)...(received + 1)
            let isRight = record.bytesReceived.map(right.contains) ?? !isTold
            if !isRight {
                failures.append("received \(record.bytesReceived as Any): \(trial.tell(life))")
            }
        }
        expectNone(failures)
    }

    @Test("the process that connected is named where it was told", arguments: Trial.undisturbed)
    func owners(trial: Trial) {
        var failures: [String] = []
        for (life, truth, record) in trial.heardPairs where !truth.isServer {
            if record.process != Int64(truth.telling.process) {
                failures.append("process \(record.process as Any): \(trial.tell(life))")
            }
        }
        expectNone(failures)
    }
}
