import Model
import Testing
import Wire

@Suite("The table of sockets in /proc")
struct ProcSocketTableTests {
    private static let ipv4 = """
          sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
           0: 0100007F:9CA5 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 147618 1 00000000a6a34120 100 0 0 10 0
           1: 0100007F:C3B5 0100007F:9CA5 06 00000000:00000000 03:00001765 00000000     0        0 0 3 00000000a9838743
           2: 0100007F:C3B6 0100007F:9CA4 01 00000011:00000000 00:00000000 00000000  1000        0 147623 2 00000000e1d940f1 20 0 0 11 -1

        """
    private static let ipv6 = """
          sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
           1: 00000000000000000000000001000000:C3B4 B80D0120000000000000000001000000:9CA4 01 00000000:00000000 00:00000000 00000000     0        0 147619 2 0000000076ee31ab 20 0 0 10 -1
           2: 0000000000000000FFFF00000100007F:9CA4 0000000000000000FFFF00000100007F:C3B6 01 00000000:00000064 00:00000000 00000000     0        0 147624 1 0000000058fd1848 20 4 30 10 -1

        """

    private func read(_ text: String, _ family: AddressFamily) -> (rows: [SocketRow], used: Int) {
        var rows: [SocketRow] = []
        var table = ProcSocketTable(family)
        let octets = Array(text.utf8)
        let used = table.sockets(in: octets.span.bytes, into: &rows)
        #expect(table.unreadable == 0)
        return (rows, used)
    }

    private func end(_ address: String, _ port: UInt16) throws -> Endpoint {
        Endpoint(try #require(IPAddress(address)), port)
    }

    @Test("gives addresses, states, queues, users and inodes")
    func ipv4() throws {
        let (rows, used) = read(Self.ipv4, .ipv4)
        #expect(used == Self.ipv4.utf8.count)
        try #require(rows.count == 3)
        #expect(rows.map(\.state.name) == ["LISTEN", "TIME-WAIT", "ESTAB"])
        #expect(rows[0].tuple.local == (try end("127.0.0.1", 40101)))
        #expect(rows[2].tuple.peer == (try end("127.0.0.1", 40100)))
        #expect(rows.map(\.inode) == [147618, 0, 147623])
        #expect(rows.map(\.uid) == [0, 0, 1000])
        #expect(rows.map(\.sendQueue) == [0, 0, 17])
        #expect(rows.allSatisfy { $0.cookie == 0 && $0.info == nil })
    }

    @Test("gives the rest of TIME_WAIT in ticks of 10 ms")
    func timeWait() throws {
        let row = try #require(read(Self.ipv4, .ipv4).rows.dropFirst().first)
        #expect(row.isMiniSocket)
        #expect(row.expiresMilliseconds == 59_890)
        #expect(row.timerGranuleMicroseconds == 10_000)
    }

    @Test("gives IPv6 addresses, and mapped ones as IPv4")
    func ipv6() throws {
        let rows = read(Self.ipv6, .ipv6).rows
        try #require(rows.count == 2)
        #expect(rows[0].tuple.local == (try end("::1", 50100)))
        #expect(rows[0].tuple.peer == (try end("2001:db8::1", 40100)))
        #expect(rows[1].tuple.local == (try end("127.0.0.1", 40100)))
        #expect(rows[1].tuple.peer == (try end("127.0.0.1", 50102)))
        #expect(rows[1].receiveQueue == 100)
    }

    @Test("read in pieces gives the same rows wherever it is cut")
    func pieces() {
        let octets = Array(Self.ipv4.utf8)
        let whole = read(Self.ipv4, .ipv4).rows
        for cut in 0...octets.count {
            var rows: [SocketRow] = []
            var table = ProcSocketTable(.ipv4)
            let first = Array(octets[..<cut])
            let used = table.sockets(in: first.span.bytes, into: &rows)
            let second = Array(octets[used...])
            _ = table.sockets(in: second.span.bytes, into: &rows)
            #expect(rows == whole)
            #expect(table.unreadable == 0)
        }
    }

    @Test("counts lines that are no sockets")
    func unreadable() {
        var rows: [SocketRow] = []
        var table = ProcSocketTable(.ipv4)
        let text = "  0: 0100007F:9CA5 0000\n 1: zz\nnonsense\n"
        let octets = Array(text.utf8)
        _ = table.sockets(in: octets.span.bytes, into: &rows)
        #expect(rows.isEmpty)
        #expect(table.unreadable == 3)
    }
}
