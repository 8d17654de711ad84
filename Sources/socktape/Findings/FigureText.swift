import Findings
import Rendering

/// Writes figures as people read them.
struct FigureText {
    let unicode: Bool
    /// A moment of the axis, in words.
    let moment: (Int64) -> String

    /// A figure.
    func text(_ figure: Figure) -> String {
        switch figure {
        case .count(let number): HumanText.number(number)
        case .share(let share): HumanText.ratio(share)
        case .seconds(let seconds): HumanText.seconds(seconds, unicode: unicode)
        case .rate(let rate): Self.rate(rate)
        case .moment(let axis): moment(axis)
        case .text(let text): text
        }
    }

    /// When a finding was seen first and last; nil where no moment is known.
    func when(_ finding: Finding) -> String? {
        guard let from = finding.from, let until = finding.until else { return nil }
        let (first, last) = (text(.moment(from)), text(.moment(until)))
        guard first != last else { return first }
        let isSameDay = first.prefix(10) == last.prefix(10)
        return first + " to " + (isSameDay ? String(last.suffix(8)) : last)
    }

    /// A rate by the unit of time in which it is a number that people can picture.
    private static func rate(_ rate: Double) -> String {
        let units = [(1.0, "a second"), (60, "a minute"), (3600, "an hour"), (86_400, "a day")]
        let (length, name) =
            units.first { rate.magnitude * $0.0 >= 1 } ?? (86_400, "a day")
        let value = rate * length
        // Three digits, and no decimals of a large number.
        let rounded = value.magnitude >= 100 ? value.rounded() : (value * 10).rounded() / 10
        return "\(HumanText.number(rounded)) \(name)"
    }
}
