/// Rows by their ids, a bit each: quick to ask for every connection of a recording.
struct IDSet: Sendable {
    private var words: [UInt64] = []

    /// Ids are numbered from 0 on; a file may claim anything.
    mutating func insert(_ id: Int64) {
        guard 0 <= id, id < 1 << 40 else { return }
        let word = Int(id >> 6)
        if word >= words.count {
            let count = max(word + 1 - words.count, words.count)
            words += [UInt64](repeating: 0, count: count)
        }
        words[word] |= 1 << UInt64(id & 63)
    }

    func contains(_ id: Int64) -> Bool {
        let word = Int(truncatingIfNeeded: id >> 6)
        return words.indices.contains(word) && words[word] & 1 << UInt64(id & 63) != 0
    }
}
