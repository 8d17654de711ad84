/// Stays in time, one beside the other.
enum Overlap {
    /// The most at once and the first moment at which they were, of stays from `begins` to `ends`;
    /// both in ascending order. What begins at the moment of an end is beside it: where bounds are
    /// wide, all that is known is that both lie between the same two looks.
    static func most(begins: [Int64], ends: [Int64]) -> (number: Int64, moment: Int64)? {
        var most: (number: Int64, moment: Int64)?
        var ended = 0
        for (index, begin) in begins.enumerated() {
            while ended < ends.count, ends[ended] < begin { ended += 1 }
            let number = Int64(index + 1 - ended)
            if number > most?.number ?? 0 { most = (number, begin) }
        }
        return most
    }

    /// How many ends are followed by a beginning within so many microseconds; both in ascending
    /// order.
    static func followed(begins: [Int64], ends: [Int64], within limit: Int64) -> Int64 {
        var (number, next): (Int64, Int) = (0, 0)
        for end in ends {
            while next < begins.count, begins[next] < end { next += 1 }
            guard next < begins.count else { break }
            if begins[next] - end <= limit { number += 1 }
        }
        return number
    }
}
