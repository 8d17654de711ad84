/// Row numbers, an octet for eight: a host may have met a million addresses.
struct NumberSet {
    private var words: [UInt64] = []

    /// Numbers that no table gives a row are not kept.
    private static let most = Int64(1) << 36

    /// Adds a number.
    mutating func insert(_ number: Int64) {
        guard number >= 0, number < Self.most else { return }
        let word = Int(number >> 6)
        if word >= words.count {
            words += repeatElement(0, count: max(1, word + 1 - words.count + words.count / 2))
        }
        words[word] |= 1 << UInt64(number & 63)
    }

    /// Whether it was added; what cannot be kept counts as added.
    func contains(_ number: Int64) -> Bool {
        guard number >= 0, number < Self.most else { return true }
        let word = Int(number >> 6)
        return word < words.count && words[word] & 1 << UInt64(number & 63) != 0
    }
}
