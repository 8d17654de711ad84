import Model
import Wire

/// A netlink message as the kernel sent it, and what is known of its socket from elsewhere.
struct Capture: Sendable {
    var bytes: [UInt8]
    /// The netlink port of the asker; the sequence number was 7.
    var port: UInt32
    var cookie: UInt64?
    var inode: UInt64?
    var uid: UInt32?
    var receiveQueue: UInt32?
    var sendQueue: UInt32?
    var interface: UInt32?
    var bytesReceived: UInt64?
    var bytesAcknowledged: UInt64?

    init(
        bytes: [UInt8], port: UInt32, cookie: UInt64? = nil, inode: UInt64? = nil,
        uid: UInt32? = nil, receiveQueue: UInt32? = nil, sendQueue: UInt32? = nil,
        interface: UInt32? = nil, bytesReceived: UInt64? = nil, bytesAcknowledged: UInt64? = nil
    ) {
        self.bytes = bytes
        self.port = port
        self.cookie = cookie
        self.inode = inode
        self.uid = uid
        self.receiveQueue = receiveQueue
        self.sendQueue = sendQueue
        self.interface = interface
        self.bytesReceived = bytesReceived
        self.bytesAcknowledged = bytesAcknowledged
    }

    /// The sockets of all eight messages that the script made.
    static let tcp = [
        established4, client4, listen4, established6, mapped, timeWait, finWait2, synSent,
    ]

    /// Decodes these octets as an answer to the request of the capture.
    func decode(_ octets: [UInt8]? = nil) -> (rows: [SocketRow], reply: DiagReply) {
        var rows: [SocketRow] = []
        let decoder = DiagDecoder(sequence: 7, port: port, jiffyMicroseconds: 4000)
        let message = octets ?? bytes
        let reply = decoder.sockets(in: message.span.bytes, into: &rows)
        return (rows, reply)
    }

    /// The captured message with some octets replaced.
    func with(_ octets: [UInt8], at offset: Int) -> [UInt8] {
        var changed = bytes
        changed.replaceSubrange(offset..<offset + octets.count, with: octets)
        return changed
    }
}

/// Where the fields of a message lie that tests change.
enum Offset {
    static let length = 0
    static let type = 4
    static let flags = 6
    static let sequence = 8
    static let port = 12
    static let family = 16
    static let state = 17
    static let firstAttribute = 88
}
