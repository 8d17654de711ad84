/// The area under S up to a horizon and its variance, gathered step by step from the left.
///
/// With F(t) the area up to t and A all of it, the variance is Σ (A − F(tᵢ))² hᵢ, where hᵢ is
/// Greenwood's dᵢ / (nᵢ (nᵢ − dᵢ)). A is not known before the end, so the weighted spread of the
/// F(tᵢ) about their mean is kept and shifted then (Welford 1962, West 1979): nothing cancels.
struct RestrictedArea: Sendable {
    /// Where lives are cut, seconds.
    let limit: Double
    private var area = 0.0
    private var time = 0.0
    private var survival = 1.0
    private var weight = 0.0
    private var mean = 0.0
    private var spread = 0.0

    init(until limit: Double) { self.limit = limit }

    /// Takes a step: S after it, and its h; nil where nobody is left. False from the limit on.
    mutating func add(_ time: Double, survival: Double, _ part: Double?) -> Bool {
        guard time <= limit else { return false }
        area += self.survival * (time - self.time)
        self.time = time
        self.survival = survival
        guard let part, part > 0 else { return true }
        weight += part
        let distance = area - mean
        mean += distance * (part / weight)
        spread += part * distance * (area - mean)
        return true
    }

    /// The mean once every step was taken; `lastTime` is the latest exit.
    func result(lastTime: Double) -> RestrictedMean? {
        let horizon = min(limit, lastTime)
        guard horizon > 0 else {
            // All were as short as nothing.
            return lastTime == 0 && survival == 0 && limit > 0
                ? RestrictedMean(horizon: limit, value: 0, standardError: 0) : nil
        }
        let whole = area + survival * max(0, horizon - time)
        let variance = spread + weight * (whole - mean) * (whole - mean)
        return RestrictedMean(
            horizon: horizon, value: whole, standardError: variance.squareRoot())
    }
}
