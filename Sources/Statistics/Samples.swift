/// Plain summaries of a sample.
package enum Samples {
    /// A quantile, interpolated between the two nearest numbers (Hyndman & Fan 1996, type 7); nil
    /// for an empty sample. Numbers that are none are left out.
    package static func quantile(_ share: Double, of sample: [Double]) -> Double? {
        quantiles([share], of: sample).first ?? nil
    }

    /// Several quantiles of one sample, which is sorted once.
    package static func quantiles(_ shares: [Double], of sample: [Double]) -> [Double?] {
        let sorted = sample.filter { !$0.isNaN }.sorted()
        return shares.map { quantile($0, ofSorted: sorted) }
    }

    /// The middle of a sample; nil for an empty one.
    package static func median(_ sample: [Double]) -> Double? { quantile(0.5, of: sample) }

    private static func quantile(_ share: Double, ofSorted sorted: [Double]) -> Double? {
        guard !sorted.isEmpty, (0...1).contains(share) else { return nil }
        let position = share * Double(sorted.count - 1)
        let index = min(sorted.count - 1, Int(position))
        let rest = position - Double(index)
        guard rest > 0, index + 1 < sorted.count else { return sorted[index] }
        return sorted[index] + rest * (sorted[index + 1] - sorted[index])
    }
}
