import Ledger
import Model
import Testing

@Suite("The owner of a connection")
struct OwnerTests {
    private let web = Flow(1, inode: 501)

    @Test("and its uid are remembered into TIME_WAIT, where uid 0 is not root")
    func intoTimeWait() throws {
        var story = Script()
        story.sample(at: 1_000_000, web.estab, owners: [501: [42]])
        #expect(try story.connection().process == 42)
        story.sample(at: 2_000_000, web.timeWait(left: 59_500))
        #expect(story.ledger.wantedInodes.isEmpty)
        story.sample(at: 3_000_000)
        #expect(try story.connection().process == 42)
        #expect(try story.connection().uid == 1000)
    }

    @Test("is unknown, and so is the uid, when only a TIME_WAIT was seen")
    func onlyTimeWait() throws {
        var story = Script()
        story.sample(at: 1_000_000, web.timeWait(left: 59_500))
        #expect(try story.connection().uid == nil)
        #expect(try story.connection().process == nil)
        #expect(story.ledger.wantedInodes.isEmpty)
    }

    @Test("comes with the accept of a connection that waited for it")
    func acceptedLater() throws {
        var story = Script()
        story.sample(at: 1_000_000, web.row(.established, inode: 0))
        #expect(try story.connection().uid == nil)
        #expect(story.ledger.wantedInodes.isEmpty)
        story.sample(at: 2_000_000, web.estab, owners: [501: [42]])
        #expect(try story.connection().uid == 1000)
        #expect(try story.connection().process == 42)
    }

    @Test("stays when the closed socket has no inode any more")
    func orphaned() throws {
        var story = Script()
        story.sample(at: 1_000_000, web.estab, owners: [501: [42]])
        story.sample(at: 2_000_000, web.row(.finWait1, inode: 0))
        #expect(try story.connection().uid == 1000)
        #expect(try story.connection().process == 42)
    }

    @Test("is looked for in three samples, then counts as hidden")
    func hidden() {
        var story = Script()
        story.sample(at: 1_000_000, web.estab)
        for second in Int64(2)...4 {
            #expect(story.ledger.wantedInodes == [501])
            story.sample(at: second * 1_000_000, web.estab, owners: [9: [9]])
        }
        #expect(story.ledger.wantedInodes.isEmpty)
    }

    @Test("of a forked server is one of several: the further ones are named too")
    func several() throws {
        var story = Script()
        story.sample(at: 1_000_000, web.estab, owners: [501: [42, 43, 44]])
        #expect(try story.connection().process == 42)
        #expect(story.owners.map(\.process) == [43, 44])
        #expect(story.owners.allSatisfy { $0.connection == 1 && $0.fromMicroseconds == 1_000_000 })
    }

    @Test("of a listener is the process that made it, not a worker")
    func ofListener() throws {
        var story = Script()
        story.sample(at: 1_000_000, listening(3, inode: 601))
        #expect(story.ledger.wantedInodes == [601])
        story.sample(at: 2_000_000, listening(3, inode: 601), owners: [601: [43, 44, 42]])
        #expect(try story.listener().process == 42)
        #expect(try story.listener().uid == 33)
        #expect(story.ledger.wantedInodes.isEmpty)
    }
}
