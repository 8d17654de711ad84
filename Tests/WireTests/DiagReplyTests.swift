import Model
import Testing
import Wire

@Suite("A reply to a dump")
struct DiagReplyTests {
    private let capture = Capture.client4

    @Test("of several messages gives a row each, until the end is said")
    func whole() {
        let all = Capture.tcp.flatMap(\.bytes) + Capture.done.bytes + Capture.client4.bytes
        let (rows, reply) = capture.decode(all)
        #expect(rows.count == 8)
        #expect(Set(rows.map(\.cookie)) == Set(Capture.tcp.compactMap(\.cookie)))
        #expect(reply.ended)
        #expect(reply.errorNumber == nil)
    }

    @Test("with NLM_F_DUMP_INTR is told as interrupted")
    func interrupted() {
        let (rows, reply) = capture.decode(capture.with([0x12], at: Offset.flags))
        #expect(rows.count == 1)
        #expect(reply.interrupted)
        #expect(!capture.decode().reply.interrupted)
    }

    @Test("that ends with an error inside NLMSG_DONE tells it")
    func failedEnd() {
        let noBuffers = Capture.done.with([0x97, 0xff, 0xff, 0xff], at: 16)
        let (_, reply) = Capture.done.decode(noBuffers)
        #expect(reply.ended)
        #expect(reply.errorNumber == 105)
    }

    @Test("that is an error tells its number")
    func refused() {
        let (rows, reply) = Capture.noEntry.decode()
        #expect(rows.isEmpty)
        #expect(reply.ended)
        #expect(reply.errorNumber == 2)
    }

    @Test("to another request is not taken for ours")
    func strangers() {
        let older = capture.with([6, 0, 0, 0], at: Offset.sequence)
        let foreign = capture.with([1, 0, 0, 0], at: Offset.port)
        let (rows, reply) = capture.decode(older + foreign)
        #expect(rows.isEmpty)
        #expect(reply.strangers == 2)
        #expect(!Capture.done.decode(Capture.done.with([6], at: Offset.sequence)).reply.ended)
    }

    @Test("cut short is a fault, and what came before the cut stays")
    func truncated() {
        let cut = Array((capture.bytes + capture.bytes).dropLast(1))
        let (rows, reply) = capture.decode(cut)
        #expect(rows.count == 1)
        #expect(
            reply.fault
                == .messageLength(
                    declared: capture.bytes.count, left: capture.bytes.count - 1,
                    offset: capture.bytes.count))
    }

    @Test("with a message shorter than its own header is a fault and ends", arguments: 0..<16)
    func tooShort(length: UInt8) {
        let (rows, reply) = capture.decode(capture.with([length, 0, 0, 0], at: Offset.length))
        #expect(rows.isEmpty)
        #expect(
            reply.fault
                == .messageLength(
                    declared: Int(length), left: capture.bytes.count, offset: Offset.length))
    }

    @Test("with an attribute of no length is a fault, and the row stays", arguments: 0..<4)
    func emptyAttribute(length: UInt8) {
        let (rows, reply) = capture.decode(capture.with([length, 0], at: Offset.firstAttribute))
        #expect(rows.count == 1)
        #expect(
            reply.fault
                == .attributeLength(
                    declared: Int(length), left: capture.bytes.count - Offset.firstAttribute,
                    offset: Offset.firstAttribute))
    }

    @Test("with an attribute without a value, and with unknown ones, goes on")
    func strangeAttributes() {
        let head = Array(Capture.timeWait.bytes[..<Offset.firstAttribute])
        let attributes = [4, 0, 2, 0, 8, 0, 0xff, 0x3f, 1, 2, 3, 4] as [UInt8]
        var bytes = head + attributes
        bytes[0] = UInt8(bytes.count)
        let (rows, reply) = Capture.timeWait.decode(bytes)
        #expect(rows.first?.info == nil)
        #expect(rows.count == 1)
        #expect(reply.fault == nil)
    }

    @Test("finds an attribute whose type carries the nested and byte order bits")
    func flagBits() throws {
        var offset = Offset.firstAttribute
        while capture.bytes[offset + 2] != 2 { offset += (Int(capture.bytes[offset]) + 3) & ~3 }
        let flagged = capture.with([0xc0], at: offset + 3)
        let info = try #require(capture.decode(flagged).rows.first?.info)
        #expect(info == capture.decode().rows.first?.info)
    }

    @Test("of an unknown type is counted, NLMSG_NOOP is not, NLMSG_OVERRUN is a fault")
    func types() {
        #expect(capture.decode(capture.with([99, 0], at: Offset.type)).reply.unknown == 1)
        #expect(capture.decode(capture.with([1, 0], at: Offset.type)).reply == DiagReply())
        #expect(capture.decode(capture.with([4, 0], at: Offset.type)).reply.fault == .overrun)
    }
}
