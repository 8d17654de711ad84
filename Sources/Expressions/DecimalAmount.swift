/// A decimal number as it was typed, exactly.
struct DecimalAmount {
    private var whole: Int128
    private var fraction: Substring

    /// Reads a number from the front of a text; `refuse` makes the error of a reason. Each number
    /// is below 10^30.
    init(
        _ scanner: inout Scanner, of what: String, refuse: (String) -> ExpressionError
    ) throws(ExpressionError) {
        let isNegative = scanner.skip("-")
        let whole = scanner.digits()
        let fraction = scanner.skip(".") ? scanner.digits() : ""
        guard !whole.isEmpty || !fraction.isEmpty else { throw refuse("a number is missing") }
        guard !isNegative else { throw refuse("a \(what) is not negative") }
        guard whole.utf8.count <= 18 else { throw refuse("it is out of range") }
        self.whole = Int128(whole) ?? 0
        self.fraction = fraction.prefix(12)
    }

    /// So many of a unit, rounded to the nearest.
    func times(_ unit: Int64) -> Int128 {
        let scale = fraction.reduce(Int128(1)) { scale, _ in scale * 10 }
        let part = (Int128(fraction) ?? 0) * Int128(unit)
        return whole * Int128(unit) + (part + scale / 2) / scale
    }
}
