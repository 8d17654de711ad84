/// A limit will be reached soon if growth goes on.
package enum LimitForecast: Rule {
    package static let kind = FindingKind.limitForecast

    package static let horizon = Threshold(
        "forecast-horizon", 86_400, .seconds, "a limit reached within that by the trend")
    package static let least = Threshold(
        "forecast-use", 0.2, .share, "of the limit in use before a trend is believed")
    package static let late = Threshold(
        "forecast-late-growth", 0.25, .share, "of its growth, what came in the second half")
    package static let length = Threshold(
        "forecast-length", 600, .seconds, "a shorter range says nothing of a day")
    package static var thresholds: [Threshold] { [horizon, least, late, length] }

    package static let why =
        "What grows steadily reaches its limit, mostly at night. The forecast is a straight line "
        + "through what was seen, the median of all slopes; it knows nothing of what comes."
    package static let remedy =
        "Find what grows ('socktape report fds', 'socktape report states') while there is time; "
        + "record longer to see whether it is the hour of the day."

    package static func read(_ row: SeenRow) -> LimitPoint? { LimitPoint(row) }

    package static func judge(_ seen: [LimitPoint], _ thresholds: Thresholds) -> Verdict {
        let courses = LimitCourse.all(seen)
        let isShort = courses.allSatisfy {
            Double($0.last.at - $0.first.at) / 1e6 < thresholds[length]
        }
        return Verdict(
            courses.compactMap { finding($0, thresholds) },
            lack: seen.isEmpty
                ? "no limit of the host was recorded"
                : isShort ? "the range is too short for a trend" : nil)
    }

    private static func finding(_ course: LimitCourse, _ thresholds: Thresholds) -> Finding? {
        let (first, last) = (course.first, course.last)
        guard last.value < last.limit, last.share >= thresholds[least],
            Double(last.at - first.at) / 1e6 >= thresholds[length],
            let trend = Trend(course.points.map { ($0.at, Double($0.value)) }),
            Rise(course.stretches)?.isSteady(late: thresholds[late]) ?? false,
            let left = trend.seconds(from: Double(last.value), to: Double(last.limit)),
            left <= thresholds[horizon]
        else { return nil }
        return Finding(
            kind, .warning, "\(last.name) will be reached in \(seconds: left)",
            seen:
                "From \(count: first.value) to \(count: last.value) \(last.what), "
                + "\(rate: trend.slope); the limit is \(count: last.limit)",
            from: first.at, until: last.at,
            evidence: [
                Evidence("first", .count(first.value)), Evidence("last", .count(last.value)),
                Evidence("limit_value", .count(last.limit)), Evidence("growth", .rate(trend.slope)),
                Evidence("time_left_s", .seconds(left)),
            ])
    }
}
