/// The numbers that rows of `side` have. They count from 1; a damaged or prepared file may hold
/// others, and an array that is as long as the largest would fill the memory.
package enum SideNumbers {
    private static let plain: Range<Int64> = 0..<20_000_000

    /// The place of a side in an array; nil for a number that no recorder gives.
    package static func place(_ side: Int64) -> Int? { plain.contains(side) ? Int(side) : nil }
}
