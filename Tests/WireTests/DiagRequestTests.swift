import Model
import Testing
import Wire

@Suite("A request to the kernel")
struct DiagRequestTests {
    @Test("for every TCP socket is one walk of both families, with tcp_info, of states 1 to 11")
    func everyTCPSocket() {
        let expected: [UInt8] =
            [
                0x4c, 0x00, 0x00, 0x00,  // nlmsg_len 76
                0x12, 0x00,  // nlmsg_type TCPDIAG_GETSOCK
                0x01, 0x03,  // nlmsg_flags NLM_F_REQUEST | NLM_F_DUMP
                0x04, 0x03, 0x02, 0x01,  // nlmsg_seq
                0x00, 0x00, 0x00, 0x00,  // nlmsg_pid: the kernel knows
                0x02,  // idiag_family AF_INET, ignored
                0x00, 0x00,  // idiag_src_len, idiag_dst_len
                0x02,  // idiag_ext INET_DIAG_INFO
            ] + [UInt8](repeating: 0, count: 48) + [
                0xff, 0x0f, 0x00, 0x00,  // idiag_states
                0x00, 0x00, 0x00, 0x00,  // idiag_dbs
            ]
        #expect(DiagRequest.everyTCPSocket(sequence: 0x0102_0304) == expected)
        var bare = expected
        bare[19] = 0
        #expect(DiagRequest.everyTCPSocket(sequence: 0x0102_0304, withInfo: false) == bare)
    }

    @Test("for every UDP socket of a family names family and protocol")
    func everyUDPSocket() {
        let request = DiagRequest.everyUDPSocket(.ipv6, sequence: 1)
        #expect(request.count == 72)
        #expect(request[0] == 72)
        #expect(request[4...7] == [0x14, 0x00, 0x01, 0x03])
        #expect(request[16...23] == [0x0a, 0x11, 0, 0, 0xff, 0xff, 0xff, 0xff])
        #expect(request[24...].allSatisfy { $0 == 0 })
    }

    @Test("for one socket holds its 4-tuple in network order, its interface and its cookie")
    func oneTCPSocket() throws {
        let tuple = FourTuple(
            local: Endpoint(try #require(IPAddress("192.0.2.7")), 0x1234),
            peer: Endpoint(try #require(IPAddress("198.51.100.9")), 443), interface: 5)
        let request = DiagRequest.oneTCPSocket(tuple, cookie: 0x1122_3344_5566_7788, sequence: 2)
        let zeros = [UInt8](repeating: 0, count: 12)
        let expected: [UInt8] =
            [
                0x48, 0x00, 0x00, 0x00,  // nlmsg_len 72
                0x14, 0x00,  // nlmsg_type SOCK_DIAG_BY_FAMILY
                0x01, 0x00,  // nlmsg_flags NLM_F_REQUEST
                0x02, 0x00, 0x00, 0x00,  // nlmsg_seq
                0x00, 0x00, 0x00, 0x00,  // nlmsg_pid
                0x02, 0x06, 0x02, 0x00,  // AF_INET, IPPROTO_TCP, INET_DIAG_INFO, pad
                0xff, 0xff, 0xff, 0xff,  // idiag_states, ignored
                0x12, 0x34, 0x01, 0xbb,  // idiag_sport, idiag_dport
                192, 0, 2, 7,  // idiag_src
            ] + zeros + [198, 51, 100, 9] + zeros + [
                0x05, 0x00, 0x00, 0x00,  // idiag_if
                0x88, 0x77, 0x66, 0x55,  // idiag_cookie[0], the low word
                0x44, 0x33, 0x22, 0x11,  // idiag_cookie[1]
            ]
        #expect(request == expected)
    }

    @Test("for one IPv6 socket without a cookie asks for any incarnation")
    func anyIncarnation() throws {
        let end = Endpoint(try #require(IPAddress("2001:db8::1")), 1)
        let request = DiagRequest.oneTCPSocket(
            FourTuple(local: end, peer: end), cookie: 0, sequence: 2)
        #expect(request[16] == 10)
        #expect(request[28...43] == [0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1])
        #expect(request[64...71].allSatisfy { $0 == 0xff })
    }
}
