import Findings
import Model
import Queries

/// What each rule asks of a recording. Connections are counted once for all of them, and what two
/// rules ask alike is asked once.
struct Questions {
    private let session: Session
    private let scope: Scope
    private let limits: Thresholds
    private var counted: ConnectionSurvey?
    /// By the SQL that gives them.
    private var answers: [String: [SeenRow]] = [:]

    init(_ session: Session, _ scope: Scope, _ thresholds: Thresholds) {
        self.session = session
        self.scope = scope
        limits = thresholds
    }

    /// The rows that a rule judges, the SQL that gives them, and what was not known.
    mutating func answer(
        _ kind: FindingKind
    ) throws -> (rows: [SeenRow], sql: String, lack: String?) {
        switch kind {
        case .coverage: return (try coverage(), CoverageQuery(scope).total.text, nil)
        case .portExhaustion:
            let query = try PortUseQuery(
                session, scope, try survey(), share: limits[PortExhaustion.used])
            let lack = query.isComplete ? nil : "ip_local_port_range was not recorded"
            return (try rows(query.question), query.question.text, lack)
        default:
            let question = try question(kind)
            let sql = question.text
            let rows = try answers[sql] ?? rows(question)
            answers[sql] = rows
            return (rows, sql, nil)
        }
    }

    private mutating func question(_ kind: FindingKind) throws -> Question {
        switch kind {
        case .resetStorm:
            ResetStormQuery(
                scope, try survey(), resets: limits.count(ResetStorm.number),
                share: limits[ResetStorm.share]
            ).question
        case .failedConnects:
            FailedConnectsQuery(
                scope, try survey(), failed: limits.count(FailedConnects.number)
            ).question
        case .oneRequest:
            ShortLivesQuery(
                scope, try survey(), short: limits[OneRequestConnections.life],
                opened: limits.count(OneRequestConnections.number),
                share: limits[OneRequestConnections.share]
            ).question
        case .closesFirst:
            ClosesFirstQuery(
                scope, try survey(), waits: limits.count(ClosesFirst.number),
                share: limits[ClosesFirst.share]
            ).question
        default: question(ofSamples: kind)
        }
    }

    private func question(ofSamples kind: FindingKind) -> Question {
        switch kind {
        case .timeWaitLimit: TimeWaitLimitQuery(scope).question
        case .closeWaitLeak:
            LingeringQuery(scope, in: .closeWait, age: limits[CloseWaitLeak.age]).question
        case .stuckFinWait2:
            LingeringQuery(scope, in: .finWait2, age: limits[StuckFinWait2.age]).question
        case .descriptorLeak:
            DescriptorCourseQuery(
                scope, growth: max(1, limits.count(DescriptorLeak.growth)),
                share: limits[DescriptorLeak.used]
            ).question
        case .nearLimit, .limitForecast: LimitCourseQuery(scope).question
        case .listenOverflow: ListenOverflowQuery(scope).question
        case .synBacklog, .halfOpenFlood:
            HalfOpenQuery(scope, number: max(1, limits.count(HalfOpenFlood.number))).question
        default: GapCourseQuery(scope).question
        }
    }

    private mutating func survey() throws -> ConnectionSurvey {
        if let counted { return counted }
        let empty = try ConnectionSurvey(
            session, scope.range, short: limits[OneRequestConnections.life])
        let survey = try session.tally(empty)
        counted = survey
        return survey
    }

    private func rows(_ question: Question) throws -> [SeenRow] {
        let names = question.columns.map(\.name)
        return try session.all(question).map { row in
            SeenRow(Dictionary(zip(names, row)) { first, _ in first })
        }
    }

    private func coverage() throws -> [SeenRow] {
        let count = try CoverageCount(session, scope.range)
        let shares = [
            ("as client", count.active), ("as server", count.passive),
            ("together", count.together),
        ]
        return shares.compactMap { direction, share in
            share.map { share in
                SeenRow([
                    "direction": .text(direction), "counted": .integer(share.counted),
                    "recorded": .integer(share.recorded),
                ])
            }
        }
    }
}
