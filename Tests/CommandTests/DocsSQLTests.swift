import Foundation
import GRDB
import Testing

@Suite("The forty questions in SQL work as they stand")
struct DocsSQLTests {
    private let folder: Folder
    private let night: String

    init() throws {
        folder = try Folder()
        night = folder.file("night.sqlite")
        try TravelNight.record(into: night)
    }

    private func rows(_ sql: String) throws -> [[String: Any]] {
        let outcome = try Command.socktape("sql", sql, "--format", "json", db: night)
        #expect(outcome.code == 0, "\(outcome.complaint)")
        return try JSON.objects(outcome.output)
    }

    private func question(_ start: String) throws -> [[String: Any]] {
        let asked = try #require(SQLPage.questions.first { $0.title.hasPrefix(start) })
        return try rows(asked.sql)
    }

    @Test func `There are forty of them, each with a name of its own`() {
        #expect(SQLPage.questions.count == 40)
        #expect(Set(SQLPage.questions.map(\.slug)).count == 40)
        #expect(SQLPage.questions.allSatisfy { $0.title.hasSuffix("?") })
    }

    @Test("Each finds something in a night that has it", arguments: SQLPage.questions)
    func finds(_ asked: SQLPage.Asked) throws {
        #expect(asked.sql.hasPrefix("SELECT") || asked.sql.hasPrefix("WITH"))
        #expect(!(try rows(asked.sql)).isEmpty)
    }

    @Test("Each reads public views alone", arguments: SQLPage.questions)
    func views(_ asked: SQLPage.Asked) throws {
        let names = try ProgramNames(recording: night)
        let own = asked.sql.matches(of: /(?:WITH|,)\s+([a-z_]+) AS \(/).map { String($0.1) }
        let read = asked.sql.matches(of: /(?:FROM|JOIN)\s+([a-z_]+)/).map { String($0.1) }
        #expect(!read.isEmpty)
        for name in read where !own.contains(name) {
            let isPublic = names.views[name] != nil
            #expect(isPublic, "\(name) is no public view")
        }
    }

    @Test func `What they say of a night whose answers are known is right`() throws {
        let failed = try question("Which connects failed")
        #expect(Set(failed.map { $0["close_kind"] as? String }) == ["refused", "connect_timeout"])
        let ends = try question("How long did TIME-WAIT last")
        #expect(ends.map { $0["ended_by"] as? String } == ["expired", "reused"])
        #expect(ends.map { $0["stays"] as? Int } == [3, 1])
        #expect(ends.last?["mean_s"] as? Double == 30)
        let leak = try question("Which sockets have been in CLOSE-WAIT longest")
        #expect(leak.map { $0["connection_id"] as? Int } == [2])
        #expect(leak.first?["at_least_s"] as? Double == 505)
        let again = try question("Which ends met more than once")
        #expect(again.map { $0["connection_id"] as? Int } == [4, 5])
        #expect(again.first?["after_s"] as? Double == 30)
        // The third began at 300.999 s, the second closed midway between 120 s and 130 s.
        #expect(again.last?["after_s"] as? Double == 175.999)
        let holders = try question("Which sockets were held by several")
        #expect(holders.map { $0["holders"] as? String } == ["nginx 100, nginx 101"])
        let overflow = try question("When did accept queues overflow")
        #expect(overflow.map { $0["overflowed"] as? Int } == [7])
        #expect(overflow.first?["sampled_at"] as? String == "2026-11-24T02:05:40.000000Z")
        let open = try question("Which connections were open at a moment")
        let sure = Dictionary(
            uniqueKeysWithValues: open.map { ($0["connection_id"] as? Int, $0["for_sure"] as? Int) }
        )
        #expect(sure == [1: 1, 2: 1, 4: 0])
        let again5 = try question("How many segments were sent again")
        // One more each minute, from 100 to 110.
        #expect(again5.compactMap { $0["sent_again"] as? Int }.reduce(0, +) == 10)
        let stuck = try question("Which sockets are stuck")
        #expect(stuck.map { $0["connection_id"] as? Int } == [12])
        let listeners = try question("Which listeners came or went")
        #expect(listeners.map { $0["local_port"] as? Int } == [9000])
    }
}
