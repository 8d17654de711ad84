import Ledger
import Model
import Testing

/// A `Script` in which events and destroy messages are told too.
struct Story {
    var script = Script()
    private var flow: Flow

    /// All of what happens is told from the beginning, unless said otherwise.
    init(_ flow: Flow, hears detail: EventDetail? = .full, timers: Bool = true) {
        self.flow = flow
        if detail != nil { script.ledger.hear(detail, timers: timers, from: 0) }
    }

    /// A socket with this cookie enters a state; the port is not told with a SYN-SENT.
    mutating func enters(
        _ state: TCPState, from: TCPState, at moment: Int64, _ other: Flow? = nil,
        final: FinalNumbers? = nil
    ) {
        var event = event(.state(from: from, to: state), at: moment, other)
        if state == .synSent { event.tuple.local.port = 0 }
        event.final = state == .close ? final ?? Self.final() : nil
        script.ledger.observe(event, at: moment, process: nil)
    }

    /// Anything else that is told of a socket.
    mutating func tells(_ kind: KernelEvent.Kind, at moment: Int64, _ other: Flow? = nil) {
        script.ledger.observe(event(kind, at: moment, other), at: moment, process: nil)
    }

    private func event(
        _ kind: KernelEvent.Kind, at moment: Int64, _ other: Flow?
    ) -> KernelEvent {
        let flow = other ?? self.flow
        return KernelEvent(
            bootNanoseconds: moment * 1_000, kind: kind, cookie: flow.cookie, netns: 7,
            tuple: flow.tuple, uid: 1000)
    }

    /// SYN-SENT and then ESTAB.
    mutating func opens(at attempt: Int64, _ opened: Int64, _ other: Flow? = nil) {
        enters(.synSent, from: .close, at: attempt, other)
        enters(.established, from: .synSent, at: opened, other)
    }

    static func final(
        sent: UInt64 = 0, acknowledged: UInt64 = 0, received: UInt64 = 0, error: Int32 = 0
    ) -> FinalNumbers {
        FinalNumbers(
            bytesSent: sent, bytesRetransmitted: 0, bytesAcknowledged: acknowledged,
            bytesReceived: received, totalRetransmits: 0, rttMicroseconds: 100, error: error)
    }
}
