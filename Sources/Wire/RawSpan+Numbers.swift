extension RawSpan {
    /// The number stored at this offset in the host's byte order; nil when it does not fit.
    @inline(__always)
    func number<Number: FixedWidthInteger & BitwiseCopyable>(
        at offset: Int, as type: Number.Type = Number.self
    ) -> Number? {
        guard offset >= 0, byteCount - offset >= MemoryLayout<Number>.size else { return nil }
        // Unsafe by name only: the bounds hold, and any bits make an integer.
        return unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: Number.self)
    }

    /// The same, where the caller has seen to it that the number fits; 0 otherwise.
    @inline(__always)
    func number<Number: FixedWidthInteger & BitwiseCopyable>(
        knownAt offset: Int, as type: Number.Type = Number.self
    ) -> Number {
        number(at: offset) ?? 0
    }
}
