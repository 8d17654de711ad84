import Model
import Testing
import Wire

@Suite("The kernel's own numbers")
struct KernelReadingsTests {
    @Test("are found by name, whatever their order")
    func counters() {
        let snmp = """
            Ip: Forwarding DefaultTTL
            Ip: 1 64
            Tcp: RtoAlgorithm MaxConn PassiveOpens ActiveOpens AttemptFails EstabResets RetransSegs
            Tcp: 1 -1 3 14 5 6 7
            """
        let netstat = """
            TcpExt: SyncookiesSent TW ListenDrops ListenOverflows TCPTimeWaitOverflow
            TcpExt: 0 11 12 13 14
            IpExt: TW
            IpExt: 99
            """
        var expected = KernelCounters()
        expected.activeOpens = 14
        expected.passiveOpens = 3
        expected.attemptFails = 5
        expected.establishedResets = 6
        expected.retransmittedSegments = 7
        expected.timeWaitEntries = 11
        expected.listenDrops = 12
        expected.listenOverflows = 13
        expected.timeWaitOverflow = 14
        #expect(KernelCounters(snmp: Array(snmp.utf8), netstat: Array(netstat.utf8)) == expected)
    }

    @Test("are unknown, not 0, where the kernel does not name them")
    func missing() {
        #expect(KernelCounters(snmp: [], netstat: []) == KernelCounters())
        let text = Array("Tcp: ActiveOpens PassiveOpens\nTcp: 14\n".utf8)
        let counters = KernelCounters(snmp: text, netstat: [])
        #expect(counters.activeOpens == 14)
        #expect(counters.passiveOpens == nil)
    }

    @Test("of sockets are added up over both families")
    func sockstat() {
        let ipv4 = """
            sockets: used 25
            TCP: inuse 1 orphan 2 tw 3 alloc 24005 mem 100
            UDP: inuse 4 mem 5
            FRAG: inuse 6 memory 7
            """
        var expected = SocketStatistics()
        expected.socketsUsed = 25
        expected.tcpInUse = 11
        expected.tcpOrphans = 2
        expected.tcpTimeWait = 3
        expected.tcpAllocated = 24005
        expected.tcpMemoryPages = 100
        expected.udpInUse = 24
        expected.udpMemoryPages = 5
        #expect(
            SocketStatistics(
                sockstat: Array(ipv4.utf8),
                sockstat6: Array("TCP6: inuse 10\nUDP6: inuse 20\n".utf8)) == expected)
    }

    @Test("of open files are three, the last of them possibly beyond measure")
    func fileHandles() {
        #expect(
            FileHandleCounts(fileNr: Array("24588\t0\t2466177\n".utf8))
                == FileHandleCounts(allocated: 24588, unused: 0, maximum: 2_466_177))
        let endless = "1\t0\t18446744073709551615\n"
        #expect(FileHandleCounts(fileNr: Array(endless.utf8))?.maximum == .max)
        #expect(FileHandleCounts(fileNr: Array("1 2\n".utf8)) == nil)
    }

    @Test("of locks name the holder, not one who waits")
    func locks() {
        let text = Array(
            """
            1: POSIX  ADVISORY  WRITE 7 fe:00:16222579 0 EOF
            2: -> FLOCK  ADVISORY  WRITE 8 fe:00:16222579 0 EOF
            3: FLOCK  ADVISORY  WRITE 9 fe:01:16222579 0 EOF
            4: FLOCK  ADVISORY  WRITE 26435 fe:00:16222579 0 EOF
            """.utf8)
        let inode: UInt64 = 16_222_579
        #expect(FileLocks.flockHolder(of: inode, major: 0xfe, minor: 0, in: text) == 26435)
        #expect(FileLocks.flockHolder(of: inode, major: 0xfe, minor: 1, in: text) == 9)
        #expect(FileLocks.flockHolder(of: 1, major: 0xfe, minor: 0, in: text) == nil)
        let elsewhere = Array("4: FLOCK  ADVISORY  WRITE 0 fe:00:5 0 EOF\n".utf8)
        #expect(FileLocks.flockHolder(of: 5, major: 0xfe, minor: 0, in: elsewhere) == nil)
    }
}
