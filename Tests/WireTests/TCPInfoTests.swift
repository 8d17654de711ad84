import CKernel
import Model
import Testing
import Wire

@Suite("The kernel's tcp_info")
struct TCPInfoTests {
    @Test("has its fields where the kernel header says")
    func offsets() {
        let header = kernel_tcp_info_offsets()
        #expect(TCPInfoLayout.unacknowledged == header.unacked)
        #expect(TCPInfoLayout.lastDataSent == header.last_data_sent)
        #expect(TCPInfoLayout.lastDataReceived == header.last_data_recv)
        #expect(TCPInfoLayout.lastAckReceived == header.last_ack_recv)
        #expect(TCPInfoLayout.rtt == header.rtt)
        #expect(TCPInfoLayout.totalRetransmits == header.total_retrans)
        #expect(TCPInfoLayout.bytesAcknowledged == header.bytes_acked)
        #expect(TCPInfoLayout.bytesReceived == header.bytes_received)
        #expect(TCPInfoLayout.bytesSent == header.bytes_sent)
        #expect(TCPInfoLayout.bytesRetransmitted == header.bytes_retrans)
    }

    /// A message whose only attribute is a tcp_info of which octet n is n.
    private func info(length: Int) -> TCPInfo? {
        let head = Capture.client4.bytes[..<Offset.firstAttribute]
        let value = (0..<length).map { UInt8(truncatingIfNeeded: $0) }
        let attribute = [UInt8(truncatingIfNeeded: length + 4), UInt8((length + 4) >> 8), 2, 0]
        var bytes = head + attribute + value
        bytes[0] = UInt8(truncatingIfNeeded: bytes.count)
        bytes[1] = UInt8(bytes.count >> 8)
        return Capture.client4.decode(Array(bytes)).rows.first?.info
    }

    @Test("may end anywhere: what a shorter one lacks is unknown, not 0")
    func shorter() throws {
        #expect(info(length: 0) == nil)
        #expect(info(length: 103) == nil)
        let linux3 = try #require(info(length: 104))
        #expect(linux3.rttMicroseconds == 0x4746_4544)
        #expect(linux3.totalRetransmits == 0x6766_6564)
        #expect(linux3.bytesAcknowledged == nil)
        let linux4 = try #require(info(length: 136))
        #expect(linux4.bytesAcknowledged == 0x7f7e_7d7c_7b7a_7978)
        #expect(linux4.bytesReceived == 0x8786_8584_8382_8180)
        #expect(linux4.bytesSent == nil)
        let longer = try #require(info(length: 1000))
        #expect(longer.bytesSent == 0xcfce_cdcc_cbca_c9c8)
        #expect(longer.bytesRetransmitted == 0xd7d6_d5d4_d3d2_d1d0)
        #expect(longer.unacknowledgedSegments == 0x1b1a_1918)
        #expect(longer.lastDataSentMilliseconds == 0x2f2e_2d2c)
        #expect(longer.lastDataReceivedMilliseconds == 0x3736_3534)
        #expect(longer.lastAckReceivedMilliseconds == 0x3b3a_3938)
    }
}
