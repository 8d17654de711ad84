internal import Glibc
internal import Model
internal import Synchronization
internal import Wire

/// Where destroy messages wait until they are handed over: the socket that they come to, and what
/// was read from it. Two threads share it.
final class CloseInbox: Sendable {
    private let state: Mutex<State>
    /// The number of the socket's descriptor, to wait for it.
    let socketNumber: Int32

    /// Takes over a socket that joined the groups, and the list where the kernel counts its losses.
    init(_ socket: consuming NetlinkSocket, _ list: consuming KeptFile?, capacity: Int) {
        socketNumber = socket.number
        state = Mutex(State(socket, list, capacity: capacity))
    }

    /// Whether more can be read; what cannot waits in the kernel.
    var hasRoom: Bool { state.withLock { $0.count < $0.capacity } }

    /// Reads what has come, as far as there is room.
    func collect() { state.withLock { $0.collect() } }

    /// Reads what has come and gives it away; empty when nothing more is there.
    func empty() -> [CloseBatch] {
        state.withLock { state in
            state.collect()
            defer {
                state.batches.removeAll()
                state.count = 0
            }
            return state.batches
        }
    }

    /// Messages that found no room or could not be read.
    var lost: Int64 { state.withLock { $0.countLosses() } }

    /// Reads what has come and closes the socket.
    func close() {
        state.withLock { state in
            state.collect()
            _ = state.countLosses()
            state.socket = nil
            state.list = nil
        }
    }
}

/// Closed sockets whose messages were received together.
struct CloseBatch {
    var window: BootWindow
    var rows: [SocketRow]
}

extension CloseInbox {
    private struct State: ~Copyable {
        /// Messages between two looks at the clock.
        private static let stride = 32
        /// Longer than any message: 72 octets, and the attributes for protocol and tcp_info.
        private static let messageOctets = 8 << 10

        var socket: NetlinkSocket?
        var list: KeptFile?
        let capacity: Int
        var batches: [CloseBatch] = []
        /// Rows in the batches.
        var count = 0
        private let inode: UInt64
        private var buffer = [UInt8](repeating: 0, count: messageOctets)
        private var listBuffer = [UInt8](repeating: 0, count: 4 << 10)
        private var emptied = KernelClock.boot()
        private var dropped: Int64 = 0
        private var unreadable: Int64 = 0

        init(
            _ socket: consuming NetlinkSocket, _ list: consuming KeptFile?, capacity: Int
        ) {
            inode = (try? FileStatus(descriptor: socket.number).inode) ?? 0
            self.socket = consume socket
            self.list = consume list
            self.capacity = capacity
        }

        /// Reads until nothing is left or there is no more room.
        mutating func collect() {
            while count < capacity {
                var batch = CloseBatch(window: BootWindow(earliest: emptied, latest: 0), rows: [])
                let before = KernelClock.boot()
                let isEmpty = receive(into: &batch.rows)
                batch.window.latest = KernelClock.boot()
                if !batch.rows.isEmpty {
                    count += batch.rows.count
                    batches.append(batch)
                }
                if isEmpty {
                    emptied = before
                    return
                }
            }
        }

        /// Reads a few messages; true when there are no more.
        private mutating func receive(into rows: inout [SocketRow]) -> Bool {
            let decoder = DestroyDecoder()
            for _ in 0..<Self.stride {
                switch socket?.receive(into: &buffer, waits: false) {
                case .octets(let length):
                    // Unsafe by name only: octets have no padding.
                    let reply = unsafe decoder.sockets(
                        in: buffer.span.bytes.extracting(first: length), into: &rows)
                    if reply.fault != nil || reply.unknown > 0 { unreadable += 1 }
                case .truncated: unreadable += 1
                // The kernel had no room for some; it counts them, and goes on.
                case .failed(ENOBUFS): continue
                case .failed, nil: return true
                }
            }
            return false
        }

        mutating func countLosses() -> Int64 {
            if let text = list?.content(&listBuffer),
                let count = NetlinkSocketList.drops(of: inode, in: text)
            {
                dropped = count
            }
            return dropped + unreadable
        }
    }
}
