/// From where on something counts as wrong; people may set it by its name.
package struct Threshold: Hashable, Sendable {
    /// What its number counts.
    package enum Unit: String, Sendable {
        case count
        /// Of one.
        case share
        case seconds
        /// A second.
        case rate = "a second"
    }

    package var name: String
    package var standard: Double
    package var unit: Unit
    /// What is held against it, one sentence.
    package var meaning: String

    package init(_ name: String, _ standard: Double, _ unit: Unit, _ meaning: String) {
        self.name = name
        self.standard = standard
        self.unit = unit
        self.meaning = meaning
    }
}

/// Thresholds as they were set, the standard ones otherwise.
package struct Thresholds: Sendable {
    private var given: [String: Double] = [:]

    package init() {}

    /// Sets one by its name.
    package mutating func set(_ threshold: Threshold, to value: Double) {
        given[threshold.name] = value
    }

    package subscript(_ threshold: Threshold) -> Double {
        given[threshold.name] ?? threshold.standard
    }

    /// As a whole number, rounded up: so many, at least.
    package func count(_ threshold: Threshold) -> Int64 {
        Int64(exactly: self[threshold].rounded(.up)) ?? .max
    }
}
