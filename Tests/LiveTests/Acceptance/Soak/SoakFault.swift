/// What may happen to a recorder in a soak.
enum SoakFault: String, CaseIterable {
    case killed = "kill -9"
    case restarted = "stopped and started again"
    case full = "disk full"
    case failing = "disk fails"
    case slow = "disk slow"
    case stepped = "wall clock steps"
    case suspended = "recorder stands still"
    case reader = "reader stands still in a query"
    case moved = "file moved away"
}

/// Numbers that a seed determines: SplitMix64 (Steele, Lea, Flood 2014).
struct SeededNumbers: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
