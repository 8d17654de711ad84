import Model
import Store

/// How many ports were in use at each sample, of the destinations that may have used most.
struct PortUseTally: ConnectionTally {
    static let extent = ConnectionScan.Extent.whole

    private static let samplesSQL = """
        SELECT sampled_us FROM samples WHERE sampled_us BETWEEN :since AND :until
        ORDER BY sampled_us
        """

    /// The ephemeral ports of a namespace.
    struct Span: Sendable {
        var ports: Int64
        var reuse: Int64?
    }

    /// A local address and a port, and a row of `address`.
    private struct Target: Hashable {
        var source: Int
        var peer: Int64
    }

    /// The change from one sample to the next.
    private struct Course: Sendable {
        var held: [Int32]
        var waiting: [Int32]
    }

    private let range: AxisRange
    private let sides: Sidebook
    private let share: Double
    private let moments: [Int64]
    private let spans: [Int64: Span]
    private let notSent: [Target: Int64]
    private let places: [Target: Int]
    private var courses: [Course]

    /// Whether no destination had connections enough.
    var isIdle: Bool { places.isEmpty }

    init(
        _ session: Session, _ survey: ConnectionSurvey, _ spans: [Int64: Span], _ share: Double
    ) throws {
        range = survey.range
        sides = survey.sides
        self.share = share
        self.spans = spans
        var bounds: [Target: PortBound] = [:]
        for (way, destination) in survey.destinations where destination.ports.lives > 0 {
            let target = Target(source: sides.entry(way.side).source, peer: way.peer)
            bounds[target, default: PortBound()].merge(destination.ports)
        }
        var places: [Target: Int] = [:]
        for (target, bound) in bounds {
            let netns = sides.entry(sides.sideOfSource[target.source]).netns
            guard let span = spans[netns], Double(bound.lives) >= share * Double(span.ports),
                Double(bound.most) >= share * Double(span.ports)
            else { continue }
            places[target] = places.count
        }
        self.places = places
        notSent = places.isEmpty ? [:] : Self.notSent(survey)
        moments = places.isEmpty ? [] : try Self.moments(session, survey.range)
        let still = [Int32](repeating: 0, count: moments.count + 1)
        courses = places.map { _ in Course(held: still, waiting: still) }
    }

    private static func moments(_ session: Session, _ range: AxisRange) throws -> [Int64] {
        let question = Question(
            samplesSQL, scope: Scope(range), columns: [Column("sampled_us")])
        return try session.all(question).compactMap { row in
            if case .integer(let moment) = row[0] { moment } else { nil }
        }
    }

    /// By target, whatever the local address: an attempt that was not sent has none.
    private static func notSent(_ survey: ConnectionSurvey) -> [Target: Int64] {
        var numbers: [Target: Int64] = [:]
        for (failure, number) in survey.failures where failure.how == .notSent {
            numbers[Target(source: failure.target, peer: failure.peer), default: 0] +=
                number.number
        }
        return numbers
    }

    mutating func add(_ connection: ScannedConnection) {
        let source = sides.entry(connection.side).source
        guard source >= 0, connection.localPort != 0,
            let place = places[Target(source: source, peer: connection.peerAddress)]
        else { return }
        if let taken = connection.opened.latest ?? connection.attempted.latest,
            let (from, until) = stretch(taken, connection.closed.earliest ?? range.until)
        {
            courses[place].held[from] += 1
            courses[place].held[until] -= 1
        }
        guard let end = connection.timeWaitEnd, end != .noRoom,
            let entered = connection.timeWaitEntered.latest,
            let (from, until) = stretch(
                entered, connection.timeWaitLeft.earliest ?? range.until)
        else { return }
        courses[place].waiting[from] += 1
        courses[place].waiting[until] -= 1
    }

    /// The samples that lie within, both moments among them.
    private func stretch(_ first: Int64, _ last: Int64) -> (from: Int, until: Int)? {
        let from = index(of: first)
        let until = last == .max ? moments.count : index(of: last + 1)
        return from < until ? (from, until) : nil
    }

    /// The first sample not before a moment.
    private func index(of moment: Int64) -> Int {
        var low = 0
        var high = moments.count
        while low < high {
            let middle = (low + high) / 2
            if moments[middle] < moment { low = middle + 1 } else { high = middle }
        }
        return low
    }

    mutating func merge(_ other: PortUseTally) {
        for place in courses.indices {
            for sample in courses[place].held.indices {
                courses[place].held[sample] += other.courses[place].held[sample]
                courses[place].waiting[sample] += other.courses[place].waiting[sample]
            }
        }
    }

    /// Side, address; ports, held, waiting, reuse, peak, from, until, not sent.
    var rows: [[Int64?]] {
        places.compactMap { target, place in
            let side = sides.sideOfSource[target.source]
            guard let span = spans[sides.entry(side).netns] else { return nil }
            var (held, waiting): (Int64, Int64) = (0, 0)
            var best: (held: Int64, waiting: Int64, moment: Int64)?
            var from: Int64?
            var until: Int64?
            for (sample, moment) in moments.enumerated() {
                held += Int64(courses[place].held[sample])
                waiting += Int64(courses[place].waiting[sample])
                guard Double(held + waiting) >= share * Double(span.ports) else { continue }
                from = from ?? moment
                until = moment
                if held + waiting > best.map({ $0.held + $0.waiting }) ?? -1 {
                    best = (held, waiting, moment)
                }
            }
            guard let best else { return nil }
            let lost = notSent[Target(source: sides.entry(side).target, peer: target.peer)] ?? 0
            return [
                side, target.peer, span.ports, best.held, best.waiting, span.reuse, best.moment,
                from, until, lost,
            ]
        }
    }
}
