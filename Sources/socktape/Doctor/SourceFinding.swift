import Model

/// How one source fares on this host.
struct SourceFinding: Equatable {
    /// Whether it gives what it could.
    enum State: String {
        case works
        case limited
        case missing
    }

    var source: String
    var state: State
    /// What it gives here, or why it does not.
    var detail: String
    /// What a recording lacks without it; nil where it works.
    var loss: String?
    /// What would give it; nil where nothing does or nothing need.
    var remedy: String?
    /// The capabilities that would give it, for one line that gives all.
    var lacking: [Capability] = []

    init(
        _ source: String, _ state: State, _ detail: String, loss: String? = nil,
        remedy: String? = nil, lacking: [Capability] = []
    ) {
        self.source = source
        self.state = state
        self.detail = detail
        self.loss = loss
        self.remedy = remedy
        self.lacking = lacking
    }

    /// As machines read it.
    static let columns = [
        Column("source"), Column("state"), Column("detail"), Column("loss"), Column("remedy"),
    ]

    var cells: [Cell] {
        [
            .text(source), .text(state.rawValue), .text(detail), loss.map(Cell.text) ?? .null,
            remedy.map(Cell.text) ?? .null,
        ]
    }
}
