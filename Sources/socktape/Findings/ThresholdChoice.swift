import Expressions
import Findings
import Model

/// The thresholds that a person set.
struct ThresholdChoice {
    private(set) var thresholds = Thresholds()

    /// Reads `name=value`, each in its threshold's unit.
    init(_ typed: [String]) throws {
        for text in typed {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else {
                throw Failure(
                    .usage,
                    "cannot set the threshold '\(text)': it has no value; try port-use=60%")
            }
            let name = String(parts[0])
            guard let known = Rulebook.thresholds.first(where: { $0.threshold.name == name })
            else {
                let names = Rulebook.thresholds.map(\.threshold.name).joined(separator: ", ")
                throw Failure(
                    .usage, "cannot set the threshold '\(name)': there are \(names)")
            }
            let value = try Self.value(String(parts[1]), of: known.threshold)
            thresholds.set(known.threshold, to: value)
        }
    }

    private static func value(_ text: String, of threshold: Threshold) throws -> Double {
        var value = Double(text)
        if threshold.unit == .share, text.hasSuffix("%") {
            value = Double(text.dropLast().filter { $0 != " " }).map { $0 / 100 }
        }
        if threshold.unit == .seconds, value == nil {
            value = Double(try DurationExpression(text).microseconds) / 1e6
        }
        guard let value, value.isFinite, value >= 0 else {
            throw Failure(
                .usage,
                "cannot set \(threshold.name) to '\(text)': it is no \(threshold.unit.noun); "
                    + "try \(threshold.name)=\(threshold.unit.example)")
        }
        return value
    }

    /// Every threshold as it stands.
    var cursor: ArrayCursor {
        ArrayCursor(
            columns: [
                Column("threshold"), Column("value", kind: .number),
                Column("default", kind: .number), Column("unit"), Column("finding"),
                Column("meaning"),
            ],
            rows: Rulebook.thresholds.map { kind, threshold in
                [
                    .text(threshold.name), Self.cell(thresholds[threshold]),
                    Self.cell(threshold.standard), .text(threshold.unit.rawValue),
                    .text(kind.rawValue), .text(threshold.meaning),
                ]
            })
    }

    private static func cell(_ value: Double) -> Cell {
        Int64(exactly: value).map { .integer($0) } ?? .real(value)
    }
}

extension Threshold.Unit {
    /// What a value of it is called.
    fileprivate var noun: String {
        switch self {
        case .count: "count"
        case .share: "share"
        case .seconds: "duration"
        case .rate: "rate a second"
        }
    }

    /// A value of it.
    fileprivate var example: String {
        switch self {
        case .count: "100"
        case .share: "80%"
        case .seconds: "60s"
        case .rate: "1"
        }
    }
}
