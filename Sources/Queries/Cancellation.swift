import Synchronization

/// Whether an answer is still wanted; shared between a session and who may end it.
package final class Cancellation: Sendable {
    /// Why an answer is not wanted any more.
    package enum Reason: Sendable {
        case interrupted
        case timeout

        var error: QueryError {
            switch self {
            case .interrupted: QueryError(.interrupted, "interrupted")
            case .timeout:
                QueryError(
                    .timeout,
                    "cannot finish: the answer took longer than allowed; "
                        + "try a longer --timeout, or a narrower question")
            }
        }
    }

    private struct State {
        var reason: Reason?
        var interrupt: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())

    package init() {}

    /// Why it was ended; nil while it is wanted.
    package var reason: Reason? { state.withLock { $0.reason } }

    /// Ends what runs, and what would begin later.
    package func cancel(_ reason: Reason) {
        let interrupt = state.withLock { state in
            state.reason = state.reason ?? reason
            return state.interrupt
        }
        interrupt?()
    }

    /// What stops a statement that runs.
    func onCancel(_ interrupt: @escaping @Sendable () -> Void) {
        state.withLock { $0.interrupt = interrupt }
    }
}
