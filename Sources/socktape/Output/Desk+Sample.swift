import Model
import Queries
import Rendering

/// The sample that shows a moment.
struct ShownSample {
    let id: Int64
    /// What to say of it.
    let sentence: String
}

extension Desk {
    /// The sample that shows a moment of the axis.
    func sample(before moment: Int64) throws -> ShownSample {
        let wall = session.timeline.wall(moment)
        let range = AxisRange(since: moment, until: moment)
        if let pruned = session.timeline.pruned(range), !session.timeline.details(range) {
            throw prunedFailure(pruned)
        }
        let inside = session.timeline.holds(AxisRange(since: moment, until: moment))
        guard inside, let row = try session.all(SocketTableQuery.sample(before: moment)).first,
            let id = row[0].integer, let sampled = row[1].integer
        else {
            throw Failure(
                .nothingRecorded,
                "cannot show \(text(wall)): nothing was recorded then; the file "
                    + "holds \(try held()); try a time within")
        }
        let shown = HumanText.moment(sampled, utcOffset: surroundings.utcOffset)
        let distance = HumanText.seconds(Double(abs(wall - sampled)) / 1e6)
        let side = sampled < wall ? "before" : "after"
        let away = wall == sampled ? "" : ", \(distance) \(side) the moment asked for"
        let broken = row[3].integer == 0 ? "; its dump broke, so sockets are missing" : ""
        return ShownSample(id: id, sentence: "sample \(id) of \(shown)\(away)\(broken)")
    }
}
