import Ledger
import Model
import Testing

/// What comes between the kernel and the ledger besides dumps.
struct Disturbance: Sendable, Hashable {
    var name: String
    /// nil: no source of events.
    var detail: EventDetail? = .full
    var timers = true
    var closes = false
    /// How late an event is delivered at most, µs; the order within a socket is kept.
    var longestDelay: Int64 = 0
    /// One in so many events is told twice.
    var oneTwice = 0
    /// One in so many events finds no room.
    var oneLost = 0
    /// When nothing finds room, µs from the start.
    var silences: [Range<Int64>] = []
    /// When only edges are told, µs from the start.
    var edges: Range<Int64>?
    /// One in so many samples has a dump, the first ones apart.
    var oneDumped = 1

    /// Whether each event reaches the ledger by the dump behind it.
    var isUndisturbed: Bool {
        detail == .full && timers && isPrompt && isWhole && edges == nil
    }
    var isPrompt: Bool { longestDelay == 0 }
    var isWhole: Bool { oneLost == 0 && silences.isEmpty }

    static let all: [Disturbance] = [
        Disturbance(name: "undisturbed"),
        Disturbance(name: "undisturbed with closes", closes: true),
        Disturbance(name: "dumped rarely", oneDumped: 4),
        Disturbance(name: "dumped rarely and lossy", oneLost: 40, oneDumped: 4),
        Disturbance(name: "told twice", oneTwice: 3),
        Disturbance(name: "delayed", longestDelay: 2_000_000),
        Disturbance(name: "lossy", oneLost: 40),
        Disturbance(name: "lossy with closes", closes: true, oneLost: 40),
        Disturbance(
            name: "silent for a while",
            silences: [5_000_000..<15_000_000, 30_000_000..<33_000_000]),
        Disturbance(name: "without timers", timers: false),
        Disturbance(name: "edges for a while", edges: 20_000_000..<50_000_000),
        Disturbance(name: "edges only", detail: .edges, timers: false),
        Disturbance(name: "closes only", detail: nil, timers: false, closes: true),
        Disturbance(
            name: "lossy closes only", detail: nil, timers: false, closes: true, oneLost: 20),
        Disturbance(name: "dumps only", detail: nil, timers: false),
    ]
}

extension Disturbance: CustomTestStringConvertible {
    var testDescription: String { name }
}
