internal import Glibc
internal import Model
internal import Wire

/// How far a dump has come, and the first thing that went wrong with it.
struct DumpProgress {
    /// When the dump began, ns of the boot clock.
    let began: Int64
    /// The moment before the latest receive, ns of the boot clock.
    var lastReceive: Int64
    /// Whether the kernel said that this was all.
    private(set) var ended = false
    private var rows = 0
    private var failure: String?

    init(began: Int64) {
        self.began = began
        lastReceive = began
    }

    /// Keeps the first failure.
    mutating func fail(_ text: String) { failure = failure ?? text }

    /// Adds what one reply said.
    mutating func take(_ reply: DiagReply, rows count: Int) {
        rows += count
        ended = reply.ended
        if let number = reply.errorNumber { fail(Self.text(of: number)) }
        if let fault = reply.fault { fail(fault.description) }
        if reply.interrupted {
            fail("the table changed its shape during the dump (NLM_F_DUMP_INTR)")
        }
        if reply.unknown > 0 { fail("\(reply.unknown) records of an unknown kind") }
    }

    /// Adds rows that came without a reply's header.
    mutating func take(rows count: Int) { rows += count }

    /// The result, once nothing more will come.
    func outcome(ended moment: Int64) -> DumpOutcome {
        DumpOutcome(
            window: BootWindow(earliest: began, latest: moment), rows: rows, failure: failure)
    }

    /// What an errno means for a dump.
    static func text(of number: Int32) -> String {
        switch number {
        case ENOBUFS: "the kernel dropped replies: its receive buffer was full (ENOBUFS)"
        case EAGAIN: "the kernel did not answer in time"
        default: "the kernel refused the dump: \(KernelError.text(number))"
        }
    }
}
