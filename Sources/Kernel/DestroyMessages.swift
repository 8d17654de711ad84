internal import CKernel
internal import Glibc
package import Model
internal import Wire

/// The end of each full TCP socket of one network namespace, by the kernel's destroy messages.
/// Needs no privilege. What nobody takes waits here and then in the kernel's receive buffer, where
/// 8 MiB hold about 13,000.
package final class DestroyMessages: Sendable {
    /// The name that the view `sources` gives.
    package let name = "sock_destroy"

    /// Asked of the kernel; without CAP_NET_ADMIN it gives net.core.rmem_max.
    private static let receiveBuffer: Int32 = 8 << 20
    /// Rows that wait here at most, about 16 MB.
    private static let capacity = 65_536
    /// How often the inbox is emptied at most in one taking, however fast more comes.
    private static let rounds = 4

    private let inbox: CloseInbox
    private let reader: CloseReader

    /// Begins to listen in the recorder's own namespace; throws what the kernel refuses.
    package convenience init() throws(KernelError) { try self.init(NamespaceDoor()) }

    /// The same with room for less, to see what happens when there is not enough.
    package convenience init(receiveBuffer: Int32, capacity: Int) throws(KernelError) {
        try self.init(NamespaceDoor(), receiveBuffer: receiveBuffer, capacity: capacity)
    }

    /// Begins to listen in the namespace behind a door.
    init(
        _ door: NamespaceDoor, receiveBuffer: Int32 = receiveBuffer, capacity: Int = capacity
    ) throws(KernelError) {
        // Only the module that answers for TCP fills these messages, and asking loads it.
        _ = try SockDiag(door)
        let socket = try door.inside { () throws(KernelError) in
            let socket = try NetlinkSocket(receiveBuffer: receiveBuffer)
            try socket.join(DestroyDecoder.ipv4Group)
            try socket.join(DestroyDecoder.ipv6Group)
            return socket
        }
        let list = try? door.inside { () throws(KernelError) in
            try KeptFile("/proc/thread-self/net/netlink")
        }
        inbox = CloseInbox(socket, list, capacity: capacity)
        reader = try CloseReader(inbox)
    }

    deinit { reader.end() }

    /// Hands over all sockets whose messages the kernel sent before this call began, in their
    /// order. The window's latest moment is after the receipt. Its earliest is one at which the
    /// message had not come yet; the socket itself may have ended before.
    package func take(into consume: (BootWindow, [SocketRow]) -> Void) {
        for _ in 0..<Self.rounds {
            let batches = inbox.empty()
            guard !batches.isEmpty else { return }
            reader.wake()
            for batch in batches { consume(batch.window, batch.rows) }
        }
    }

    /// Messages that found no room since the source began, as the kernel counts them, and those
    /// that could not be read.
    package var lost: Int64 { inbox.lost }

    /// Stops listening and lets go of the namespace. What came until now can still be taken.
    func end() {
        reader.end()
        inbox.close()
    }
}
