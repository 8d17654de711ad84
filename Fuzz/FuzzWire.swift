import Model
import Wire

/// Feeds whatever libFuzzer makes up to every decoder of Wire. Nothing may trap, hang or read
/// beyond its octets.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzWire(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = UnsafeRawBufferPointer(start: start, count: count)
    fuzzNetlink(bytes)
    fuzzEvents(bytes)
    fuzzDirectory(bytes)
    fuzzText(Array(bytes))
    return 0
}

/// The captures in the corpus answer request 7; their port stands in the octets themselves.
private func fuzzNetlink(_ bytes: UnsafeRawBufferPointer) {
    let port = bytes.count >= 16 ? bytes.loadUnaligned(fromByteOffset: 12, as: UInt32.self) : 0
    let decoder = DiagDecoder(sequence: 7, port: port, jiffyMicroseconds: 4_000)
    var sockets: [SocketRow] = []
    var datagrams: [DatagramRow] = []
    _ = decoder.sockets(in: bytes.bytes, into: &sockets)
    _ = decoder.datagrams(in: bytes.bytes, into: &datagrams)
    var closed: [SocketRow] = []
    _ = DestroyDecoder().sockets(in: bytes.bytes, into: &closed)
    precondition(closed.count <= bytes.count / 88, "more closed sockets than octets allow")
    precondition(sockets.count <= bytes.count / 88, "more sockets than octets allow")
    precondition(datagrams.count == sockets.count, "UDP and TCP disagree about the messages")
}

/// Records of the BPF program's ring, one behind the other.
private func fuzzEvents(_ bytes: UnsafeRawBufferPointer) {
    for start in stride(from: 0, to: bytes.count, by: EventRecord.octets) {
        let end = min(start + EventRecord.octets, bytes.count)
        for jiffy in [4_000, Int64.max] {
            let event = KernelEvent(
                record: UnsafeRawBufferPointer(rebasing: bytes[start..<end]).bytes,
                jiffyMicroseconds: jiffy)
            precondition(event == nil || end - start == EventRecord.octets, "a short record")
        }
    }
}

private func fuzzDirectory(_ bytes: UnsafeRawBufferPointer) {
    var cursor = DirectoryCursor()
    var last = 0
    while let entry = cursor.next(in: bytes.bytes) {
        precondition(entry.name.lowerBound > last, "the directory does not advance")
        precondition(entry.name.upperBound < bytes.count, "a name without an end")
        last = entry.name.lowerBound
    }
}

private func fuzzText(_ text: [UInt8]) {
    for family in [AddressFamily.ipv4, .ipv6] {
        var table = ProcSocketTable(family)
        var rows: [SocketRow] = []
        let used = table.sockets(in: text.span.bytes, into: &rows)
        precondition(used <= text.count, "more octets used than there are")
    }
    _ = KernelCounters(snmp: text, netstat: text)
    _ = SocketStatistics(sockstat: text, sockstat6: text)
    _ = FileHandleCounts(fileNr: text)
    _ = ProcessStat(text)
    _ = ProcessLimits(text)
    _ = ProcessStatus(text)
    _ = ProcessCgroup(text)
    _ = FileLocks.flockHolder(of: 16_222_579, major: 0xfe, minor: 0, in: text)
    _ = SocketLink.inode(text.span.bytes)
    _ = NetlinkSocketList.drops(of: 4_726_075, in: text)
    _ = ProcessPrivileges(status: text)
}
