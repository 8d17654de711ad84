internal import CKernel
internal import Glibc
internal import Synchronization

/// The thread that reads destroy messages as they come, so that each has the moment of its receipt.
final class CloseReader: Sendable {
    /// After messages came it waits so long before it looks again, ms: under load each wake-up
    /// costs more than the message.
    private static let restMilliseconds: Int32 = 1

    private let inbox: CloseInbox
    /// An eventfd(2) that ends a wait.
    private let bell: Bell
    private let thread: Mutex<pthread_t?>

    /// Starts the thread.
    init(_ inbox: CloseInbox) throws(KernelError) {
        self.inbox = inbox
        let bell = try Bell()
        self.bell = bell
        thread = Mutex(try OwnThread.start { Self.read(inbox, until: bell) })
    }

    /// Says that there is room again.
    func wake() { bell.ring() }

    /// Ends the thread and waits for its end.
    func end() {
        bell.endsAll.store(true, ordering: .releasing)
        bell.ring()
        let thread = thread.withLock { $0.take() }
        if let thread { OwnThread.join(thread) }
    }

    private static func read(_ inbox: CloseInbox, until bell: Bell) {
        while !bell.endsAll.load(ordering: .acquiring) {
            if inbox.hasRoom {
                bell.wait(or: inbox.socketNumber, milliseconds: -1)
                inbox.collect()
                bell.wait(or: nil, milliseconds: restMilliseconds)
            } else {
                // Whoever takes what waits here rings.
                bell.wait(or: nil, milliseconds: -1)
            }
        }
    }
}

/// Wakes a thread that waits for a descriptor.
private final class Bell: Sendable {
    /// Whether the thread shall end.
    let endsAll = Atomic(false)
    private let number: Int32

    init() throws(KernelError) {
        number = Int32(
            try SystemCall.perform("open", on: "an eventfd") { kernel_eventfd() })
    }

    deinit { close(number) }

    func ring() {
        var one: UInt64 = 1
        // The number is on the stack for the length of the call.
        _ = unsafe write(number, &one, 8)
    }

    /// Returns when something can be read from the descriptor, at a ring, or after some time.
    func wait(or descriptor: Int32?, milliseconds: Int32) {
        var waited = [
            pollfd(fd: number, events: Int16(POLLIN), revents: 0),
            // poll(2) ignores an entry with a negative number.
            pollfd(fd: descriptor ?? -1, events: Int16(POLLIN), revents: 0),
        ]
        // The array's storage outlives the call, and has two entries.
        _ = unsafe poll(&waited, 2, milliseconds)
        guard waited[0].revents != 0 else { return }
        var rings: UInt64 = 0
        // The number is on the stack for the length of the call.
        _ = unsafe Glibc.read(number, &rings, 8)
    }
}
