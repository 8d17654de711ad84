/// A number that may be missing, in no more room than the number itself: the greatest there is
/// stands for none. What a recording keeps of each socket is written this way.
@usableFromInline
struct Compact<Number: FixedWidthInteger & Sendable>: Equatable, Sendable {
    @usableFromInline var kept = Number.max

    @inlinable
    init() {}

    @inlinable var number: Number? {
        get { kept == .max ? nil : kept }
        set { kept = newValue ?? .max }
    }
}
