import Model
import Testing
import Wire

@Suite("A destroy message")
struct DestroyDecoderTests {
    private let capture = Capture.destroyed4

    private func decode(_ octets: [UInt8]) -> (rows: [SocketRow], reply: DiagReply) {
        var rows: [SocketRow] = []
        let reply = DestroyDecoder().sockets(in: octets.span.bytes, into: &rows)
        return (rows, reply)
    }

    @Test("has the closed socket's ends, cookie, queues and counts")
    func content() throws {
        let (rows, reply) = decode(capture.bytes)
        let row = try #require(rows.first)
        #expect(rows.count == 1)
        #expect(reply == DiagReply())
        let address = try #require(IPAddress("127.0.0.1"))
        #expect(row.tuple.local == Endpoint(address, 40008))
        #expect(row.tuple.peer == Endpoint(address, 50008))
        #expect(row.state == .close)
        #expect(row.cookie == capture.cookie)
        #expect(row.receiveQueue == capture.receiveQueue)
        #expect(row.sendQueue == capture.sendQueue)
        #expect(row.info?.bytesReceived == capture.bytesReceived)
        #expect(row.info?.bytesAcknowledged == capture.bytesAcknowledged)
        #expect(row.uid == 0 && row.inode == 0)
    }

    /// Where the value of the first attribute stands, INET_DIAG_PROTOCOL.
    private let protocolPlace = Offset.firstAttribute + 4

    @Test("of another protocol than TCP is left out, and is no fault")
    func otherProtocol() {
        let (rows, reply) = decode(capture.with([17], at: protocolPlace))
        #expect(rows.isEmpty)
        #expect(reply == DiagReply())
    }

    @Test("that does not name its protocol is one of TCP: the group has no other")
    func unnamedProtocol() {
        let head = capture.bytes[..<Offset.firstAttribute]
        let message =
            [UInt8(head.count)]
            + head.dropFirst().prefix(1)
            .map { _ in UInt8(0) } + head.dropFirst(2)
        #expect(decode(message).rows.map(\.cookie) == [capture.cookie])
    }

    @Test("is not taken for the answer to a request, and no answer for it")
    func strangers() {
        #expect(decode(Capture.client4.bytes).rows.isEmpty)
        #expect(decode(Capture.client4.bytes).reply.strangers == 1)
        #expect(capture.decode().rows.isEmpty)
    }

    @Test("of an unknown family is counted, and one that is cut is a fault")
    func broken() {
        #expect(decode(capture.with([99], at: Offset.family)).reply.unknown == 1)
        for length in 1..<capture.bytes.count {
            #expect(decode(Array(capture.bytes[..<length])).reply.fault != nil)
        }
    }
}

@Suite("The list of netlink sockets")
struct NetlinkSocketListTests {
    private let list = Array(
        """
        sk               Eth Pid        Groups   Rmem     Wmem     Dump  Locks    Drops    Inode
        000000003324596a 0   0          00000000 0        0        0     2        0        4725521 
        00000000c24a2443 4   5492       00000005 3840     0        0     2        17       4726075 
        00000000a8c55c95 6   0          00000000 0        0        0     2        -2       4725529 

        """.utf8)

    @Test("tells what each socket had no room for")
    func drops() {
        #expect(NetlinkSocketList.drops(of: 4_726_075, in: list) == 17)
        #expect(NetlinkSocketList.drops(of: 4_725_521, in: list) == 0)
        #expect(NetlinkSocketList.drops(of: 472_607, in: list) == nil)
        #expect(NetlinkSocketList.drops(of: 4_726_075, in: []) == nil)
    }

    @Test("shows a count beyond 31 bits as a negative one")
    func wrapped() {
        #expect(NetlinkSocketList.drops(of: 4_725_529, in: list) == 4_294_967_294)
    }
}

@Suite("The capabilities of a process")
struct ProcessPrivilegesTests {
    @Test("are read bit by bit")
    func bits() {
        func held(_ bits: String) -> [String]? {
            ProcessPrivileges(status: Array("Name:\tx\nCapEff:\t\(bits)\n".utf8)).map { own in
                ProcessPrivileges.Capability.allCases.filter(own.has).map(\.name)
            }
        }
        // As capsh --decode names the bits.
        #expect(held("0000000000000000") == [])
        #expect(held("0000000000000004") == ["CAP_DAC_READ_SEARCH"])
        #expect(held("0000000000001000") == ["CAP_NET_ADMIN"])
        #expect(held("0000000000280000") == ["CAP_SYS_PTRACE", "CAP_SYS_ADMIN"])
        #expect(held("000000c400000000") == ["CAP_SYSLOG", "CAP_PERFMON", "CAP_BPF"])
        #expect(held("x") == nil)
    }
}
