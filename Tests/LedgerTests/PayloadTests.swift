import Ledger
import Model
import Testing

@Suite("What a connection carried")
struct PayloadTests {
    private let web = Flow(1)

    @Test("is its payload: octets sent again count once, SYN and FIN do not count")
    func octets() throws {
        var story = Script()
        // 100 octets, 40 of them twice; 101 acknowledged, one for the SYN; 50 came.
        let row = web.estab.octets(sent: 140, again: 40, acknowledged: 101, received: 50)
        story.sample(at: 1_000_000, row)
        #expect(try story.connection().bytesSent == 100)
        #expect(try story.connection().bytesReceived == 50)
    }

    @Test("from CLOSE-WAIT on the peer's FIN is not among the octets received")
    func finOfThePeer() throws {
        for row in [web.closeWait, web.lastAck, web.closing] {
            var story = Script()
            story.sample(at: 1_000_000, row.octets(received: 51))
            #expect(try story.connection().bytesReceived == 50)
        }
        for row in [web.estab, web.finWait1, web.finWait2] {
            var story = Script()
            story.sample(at: 1_000_000, row.octets(received: 51))
            #expect(try story.connection().bytesReceived == 51)
        }
    }

    @Test("nothing received in CLOSE-WAIT is nothing, not less")
    func nothing() throws {
        var story = Script()
        story.sample(at: 1_000_000, web.closeWait.octets(received: 0))
        #expect(try story.connection().bytesReceived == 0)
    }

    @Test("is unknown where tcp_info did not come, and kept where it came before")
    func unknown() throws {
        var story = Script()
        story.sample(at: 1_000_000, web.estab)
        #expect(try story.connection().bytesSent == nil)
        #expect(try story.connection().rttMicroseconds == nil)
        var row = web.estab.octets(sent: 10, received: 20)
        row.info?.rttMicroseconds = 1_500
        row.info?.totalRetransmits = 2
        story.sample(at: 2_000_000, row)
        story.sample(at: 3_000_000, web.timeWait(left: 59_900))
        story.sample(at: 4_000_000)
        let life = try story.connection()
        #expect(life.bytesSent == 10)
        #expect(life.bytesReceived == 20)
        #expect(life.rttMicroseconds == 1_500)
        #expect(life.retransmits == 2)
    }
}
