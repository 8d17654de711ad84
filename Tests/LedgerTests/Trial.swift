import Ledger
import Model
import Testing

/// One history under one disturbance.
struct Trial: Sendable, CustomTestStringConvertible {
    var seed: UInt64
    var rehearsal: Outcome
    var pairing: Pairing

    var plan: Disturbance { rehearsal.plan }
    var testDescription: String { "\(plan.name), seed \(seed)" }
    /// The lives and their one record.
    var pairs: [(life: Int, truth: TrueLife, record: ConnectionRecord)] {
        pairing.records.enumerated().compactMap { life, records in
            records.count == 1 ? (life, rehearsal.kernel.lives[life], records[0]) : nil
        }
    }

    init(seed: UInt64, plan: Disturbance) {
        self.seed = seed
        var rehearsal = Rehearsal(seed: seed, plan: plan)
        rehearsal.run()
        pairing = Pairing(rehearsal.outcome)
        self.rehearsal = rehearsal.outcome
    }

    /// Each disturbance with some seeds, rehearsed once for all tests.
    static let all: [Trial] = Disturbance.all.flatMap { plan in
        (1...seeds).map { Trial(seed: $0, plan: plan) }
    }
    private static let seeds: UInt64 = 6
}

extension Trial {
    static let undisturbed = all.filter(\.plan.isUndisturbed)
    /// Those whose events are never late.
    static let prompt = all.filter { $0.plan.isPrompt && $0.plan.detail != nil }
    /// Those that hear events at all.
    static let hearing = all.filter { $0.plan.detail != nil && $0.plan.isPrompt }

    /// The lives that began and ended within what was heard, and their one record.
    var heardPairs: [(life: Int, truth: TrueLife, record: ConnectionRecord)] {
        pairs.filter {
            $0.truth.attempted > rehearsal.heardFrom && $0.truth.closed <= rehearsal.heardUntil
        }
    }

    /// Since when and until when attempts count.
    private var counted: ClosedRange<Int64> {
        let earliest = Rehearsal.start - 50_000
        return (earliest + 1)...max(earliest + 1, rehearsal.lastMoment)
    }

    var trueActive: Int64 {
        Int64(
            rehearsal.kernel.lives.count {
                !$0.isServer && $0.telling.counts && counted.contains($0.attempted)
            })
    }

    var truePassive: Int64 {
        Int64(
            rehearsal.kernel.lives.count {
                $0.isServer && counted.contains($0.opened ?? .min)
            })
    }

    /// Whether another life with the same 4-tuple was around as this one ended.
    func isAmbiguous(_ life: Int) -> Bool {
        let lives = rehearsal.kernel.lives
        return lives.indices.contains { $0 != life && lives[$0].tuple == lives[life].tuple }
    }

    /// Whether a look showed the full socket.
    func isShownFull(_ life: Int) -> Bool {
        let truth = rehearsal.kernel.lives[life]
        return rehearsal.evidence[life].looks.contains {
            let stay = truth.stay(at: $0.moment)
            return stay.map { !$0.mini && $0.state != .synReceived } ?? false
        }
    }

    /// The lives recorded in this role that began within the recording, for a failure's message.
    func tell(role: Role) -> String {
        pairs.filter { $0.record.role == role && $0.truth.attempted > counted.lowerBound }
            .map { tell($0.life) }.joined(separator: "\n")
    }

    /// A life and its records in full, for a failure's message.
    func tell(_ life: Int) -> String {
        let truth = rehearsal.kernel.lives[life]
        let stays = truth.stays.map { "\($0.state.name)\($0.mini ? " mini" : "") \($0.entered)" }
        let records = pairing.records[life].map { "\n    \($0)" }.joined()
        return """
            \(testDescription): life \(life), cookie \(truth.cookie), \
            \(truth.isServer ? "server" : "client") \(truth.tuple.local.port), \
            \(stays.joined(separator: ", ")), gone \(truth.gone), \
            TIME_WAIT \(truth.timeWaitEntries) \(truth.timeWaitEnd as Any), \
            \(truth.telling.kind)\(records)
            """
    }
}

/// Fails once for all that went wrong in a trial, with the first of them in full.
func expectNone(_ failures: [String], sourceLocation: SourceLocation = #_sourceLocation) {
    guard let first = failures.first else { return }
    Issue.record("\(failures.count) times, first \(first)", sourceLocation: sourceLocation)
}
