import Model

/// Offsets of the fields of `struct tcp_info` in <linux/tcp.h>. The kernel only ever appends to it.
package enum TCPInfoLayout {
    package static let unacknowledged = 24
    package static let lastDataSent = 44
    package static let lastDataReceived = 52
    package static let lastAckReceived = 56
    package static let rtt = 68
    package static let totalRetransmits = 100
    package static let bytesAcknowledged = 120
    package static let bytesReceived = 128
    package static let bytesSent = 200
    package static let bytesRetransmitted = 208
}

extension TCPInfo {
    /// The fields of a `struct tcp_info` of any length; nil when it ends before those that every
    /// kernel since 2.6 has.
    @inline(__always)
    init?(_ bytes: RawSpan, at range: Range<Int>) {
        let start = range.lowerBound
        guard range.count >= TCPInfoLayout.totalRetransmits + 4 else { return nil }
        self.init()
        lastDataSentMilliseconds = bytes.number(knownAt: start + TCPInfoLayout.lastDataSent)
        lastDataReceivedMilliseconds = bytes.number(
            knownAt: start + TCPInfoLayout.lastDataReceived)
        lastAckReceivedMilliseconds = bytes.number(knownAt: start + TCPInfoLayout.lastAckReceived)
        rttMicroseconds = bytes.number(knownAt: start + TCPInfoLayout.rtt)
        unacknowledgedSegments = bytes.number(knownAt: start + TCPInfoLayout.unacknowledged)
        totalRetransmits = bytes.number(knownAt: start + TCPInfoLayout.totalRetransmits)
        bytesAcknowledged = Self.counter(bytes, range, TCPInfoLayout.bytesAcknowledged)
        bytesReceived = Self.counter(bytes, range, TCPInfoLayout.bytesReceived)
        bytesSent = Self.counter(bytes, range, TCPInfoLayout.bytesSent)
        bytesRetransmitted = Self.counter(bytes, range, TCPInfoLayout.bytesRetransmitted)
    }

    @inline(__always)
    private static func counter(_ bytes: RawSpan, _ range: Range<Int>, _ offset: Int) -> UInt64? {
        guard range.count >= offset + 8 else { return nil }
        return bytes.number(at: range.lowerBound + offset)
    }
}
