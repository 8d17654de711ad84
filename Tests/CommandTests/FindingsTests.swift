import Foundation
import Model
import Testing

/// Findings of a history as the program tells them to machines.
struct Found {
    let all: [[String: Any]]

    init(_ night: TroubledNight, _ words: [String] = []) throws {
        let folder = try Folder()
        let path = folder.file("night.sqlite")
        try night.record(into: path)
        let quoted = words.map { "'\($0)'" }.joined(separator: " ")
        let outcome = try Command.shell(
            "\"$socktape\" findings --format json \(quoted)", environment: ["SOCKTAPE_DB": path])
        #expect(outcome.code == 0, "\(outcome.complaint)")
        all = try JSON.objects(outcome.output)
    }

    var kinds: [String] { all.compactMap { $0["finding"] as? String } }

    subscript(kind: String) -> [String: Any]? { all.first { $0["finding"] as? String == kind } }

    func severity(_ kind: String) -> String? { self[kind]?["severity"] as? String }

    /// The figures of a finding.
    func evidence(_ kind: String) throws -> [String: Int] {
        let text = try #require(self[kind]?["evidence"] as? String)
        let value = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
        return (value ?? [:]).compactMapValues { ($0 as? NSNumber)?.intValue }
    }
}

@Suite("What goes wrong is found, and what only nearly does is not")
struct FindingsTests {
    @Test func `An empty night has nothing wrong with it`() throws {
        #expect(try Found(TroubledNight()).kinds.isEmpty)
    }

    // MARK: Ports

    /// Some calls that stay open from 5 s on, others that were open for 10 ms each, one behind the
    /// other from 118 s on, closed first and wait.
    private func calls(_ open: Int, _ waiting: Int) -> TroubledNight {
        var night = TroubledNight()
        night.limits["ip_local_port_range"] = "40000 40099"
        night.connections =
            (0..<open).map {
                TroubledNight.call(port: 40_000 + UInt16($0), from: 5, until: 500)
            }
            + (0..<waiting).map {
                let moment = 118 + Double($0) * 0.01
                return TroubledNight.call(
                    port: 40_099 - UInt16($0), from: moment, until: moment + 0.01,
                    closedBy: .local)
            }
        return night
    }

    @Test func `Ports towards one peer that are nearly all in use or in TIME-WAIT are found`()
        throws
    {
        let found = try Found(calls(46, 50))
        #expect(found.kinds == ["port-exhaustion"])
        #expect(found.severity("port-exhaustion") == "critical")
        let evidence = try found.evidence("port-exhaustion")
        #expect(evidence["ports"] == 100)
        // The last of them is still open when the ports are most.
        #expect(evidence["held"] == 47)
        #expect(evidence["waiting"] == 49)
        let finding = try #require(found["port-exhaustion"])
        // The 34th of them takes the 80th port; they wait for 60.5 s, so that the 17th frees it.
        #expect(finding["from"] as? String == "2026-11-23T03:01:58.330000Z")
        #expect(finding["until"] as? String == "2026-11-23T03:02:58.670000Z")
        let title = try #require(finding["title"] as? String)
        #expect(title == "Ephemeral ports towards 203.0.113.5:443 ran out at 192.0.2.10")
    }

    @Test func `Four fifths of the ports are found, less are not`() throws {
        #expect(try Found(calls(30, 50)).severity("port-exhaustion") == "warning")
        #expect(try Found(calls(29, 50)).kinds.isEmpty)
        #expect(try Found(calls(29, 50), ["--threshold", "port-use=79%"]).kinds.count == 1)
    }

    @Test func `Reserved ports are none, and TIME-WAITs that may be used again are free`() throws {
        // Ten that are held and one that waits are reserved: 78 of 89 are used.
        var night = calls(39, 50)
        night.limits["ip_local_reserved_ports"] = "39000-40009,40050,50000"
        let found = try Found(night)
        let evidence = try found.evidence("port-exhaustion")
        #expect(evidence["ports"] == 89)
        #expect((evidence["held"] ?? 0) + (evidence["waiting"] ?? 0) == 78)
        night = calls(46, 50)
        night.limits["tcp_tw_reuse"] = "1"
        #expect(try Found(night).kinds.isEmpty)
        // 2 is for loopback alone.
        night.limits["tcp_tw_reuse"] = "2"
        #expect(try Found(night).kinds == ["port-exhaustion"])
    }

    @Test func `Ports of two local addresses or two peers are counted apart`() throws {
        var night = calls(46, 50)
        for index in night.connections.indices where index < 20 {
            night.connections[index].tuple.peer.port = 444
        }
        #expect(try Found(night).kinds.isEmpty)
    }

    @Test func `Thousands of calls are counted at once, or one after the other`() throws {
        var night = TroubledNight()
        night.limits["ip_local_port_range"] = "40000 41999"
        // 1,700 in turns, 50 at a time.
        for index in 0..<UInt16(1700) {
            let start = 1 + Double(index) * 0.1
            night.connections.append(
                TroubledNight.call(port: 40_000 + index, from: start, until: start + 5))
        }
        #expect(try Found(night).kinds.isEmpty)
        let burst = (0..<UInt16(1700)).map {
            TroubledNight.call(port: 40_000 + $0, from: 300, until: 400)
        }
        night.connections = burst + night.connections
        let found = try Found(night)
        #expect(try found.evidence("port-exhaustion")["held"] == 1700)
        #expect(found["port-exhaustion"]?["from"] as? String == "2026-11-23T03:05:00.000000Z")
    }

    // MARK: TIME-WAIT

    @Test func `A full TIME-WAIT table is found, and a nearly full one is told`() throws {
        var night = TroubledNight()
        night.states = { (100...200).contains($0) ? [(.timeWait, 800)] : [] }
        #expect(try Found(night).severity("time-wait-limit") == "notice")
        night.counters = { $1.timeWaitOverflow = $0 < 150 ? 60 : 63 }
        let found = try Found(night)
        #expect(found.severity("time-wait-limit") == "warning")
        #expect(try found.evidence("time-wait-limit")["time_wait_overflow"] == 3)
        night.counters = { _, _ in }
        night.states = { _ in [(.timeWait, 799)] }
        #expect(try Found(night).kinds.isEmpty)
    }

    // MARK: Leaks

    private func lingering(_ state: TCPState, _ number: Int, from: Double, until: Double = 600)
        -> TroubledNight
    {
        var night = TroubledNight()
        night.connections = (0..<number).map {
            TroubledNight.lingering(
                state, peerPort: 50_000 + UInt16($0), from: from + Double($0) * 10, until: until)
        }
        return night
    }

    @Test func `Connections left in CLOSE-WAIT are found by their process`() throws {
        let found = try Found(lingering(.closeWait, 10, from: 300))
        #expect(found.kinds == ["close-wait-leak"])
        let evidence = try found.evidence("close-wait-leak")
        #expect(evidence["still_there"] == 10)
        #expect(evidence["oldest_s"] == 300)
        // One more every 10 s from 300 s to 390 s: one at half time, all at three quarters.
        #expect([0, 1, 2, 3, 4].map { evidence["at_\($0)"] } == [0, 0, 1, 10, 10])
        #expect((found["close-wait-leak"]?["title"] as? String)?.hasPrefix("app (pid 100)") == true)
    }

    @Test func `Few CLOSE-WAITs, short ones and those that were closed are no leak`() throws {
        #expect(try Found(lingering(.closeWait, 9, from: 300)).kinds.isEmpty)
        #expect(try Found(lingering(.closeWait, 10, from: 455)).kinds.isEmpty)
        #expect(try Found(lingering(.closeWait, 10, from: 300, until: 550)).kinds.isEmpty)
    }

    @Test func `FIN-WAIT-2 that no timer ends is found, what the kernel ends is not`() throws {
        let found = try Found(lingering(.finWait2, 10, from: 300))
        #expect(found.kinds == ["stuck-fin-wait-2"])
        #expect(try found.evidence("stuck-fin-wait-2")["still_there"] == 10)
        #expect(try Found(lingering(.finWait2, 10, from: 400)).kinds.isEmpty)
    }

    private func descriptors(_ counts: [Int64], limit: Int64 = 1024) -> TroubledNight {
        var night = TroubledNight()
        night.softLimit = limit
        night.descriptors = counts.enumerated().map { ($0 * 600 / counts.count, $1) }
        return night
    }

    @Test func `A process that opens ever more descriptors is found, with the time that is left`()
        throws
    {
        // 20 more each minute: 1024 - 210 of them take 2442 s.
        let counts = (0..<10).map { 30 + Int64($0) * 20 }
        let found = try Found(descriptors(counts))
        #expect(found.kinds == ["descriptor-leak"])
        #expect(found.severity("descriptor-leak") == "warning")
        let evidence = try found.evidence("descriptor-leak")
        #expect(evidence["last"] == 210)
        #expect(try #require(evidence["time_left_s"]) / 100 == 24)
    }

    @Test func `A process that warms up, breathes or grows little does not leak`() throws {
        for counts in [
            [0, 150, 195, 200, 200, 200, 200, 200], [10, 300, 10, 300, 10, 300, 10, 300],
            [10, 20, 30, 40, 50, 60, 70, 80, 90, 100], [300, 250, 200, 150, 100, 50],
        ] as [[Int64]] {
            #expect(try Found(descriptors(counts)).kinds.isEmpty, "\(counts)")
        }
    }

    @Test func `A process near its limit is found although it does not grow`() throws {
        #expect(
            try Found(descriptors([80, 80], limit: 100)).severity("descriptor-leak") == "warning")
        #expect(
            try Found(descriptors([95, 95], limit: 100)).severity("descriptor-leak") == "critical")
        #expect(try Found(descriptors([79, 79], limit: 100)).kinds.isEmpty)
    }

    @Test func `A limit of the host that is nearly reached is found`() throws {
        var night = TroubledNight()
        night.allocated = { $0 == 300 ? 960 : 100 }
        let found = try Found(night)
        #expect(found.kinds == ["near-limit"])
        #expect(found.severity("near-limit") == "critical")
        night.allocated = { $0 == 300 ? 799 : 100 }
        #expect(try Found(night).kinds.isEmpty)
    }

    @Test func `A limit that the trend reaches within a day is found`() throws {
        var night = TroubledNight()
        night.allocated = { 300 + Int64($0 / 10) * 5 }
        let found = try Found(night)
        #expect(found.kinds == ["limit-forecast"])
        // At 600 of 1000, half a handle a second.
        #expect(try found.evidence("limit-forecast")["time_left_s"] == 800)
        // One more in ten minutes takes days.
        night.allocated = { $0 < 310 ? 500 : 501 }
        #expect(try Found(night).kinds.isEmpty)
        night.allocated = { 500 + Int64($0 / 10 % 2) * 100 }
        #expect(try Found(night).kinds.isEmpty)
    }

    // MARK: Listeners

    @Test func `An accept queue that overflowed is found, with who was full`() throws {
        var night = TroubledNight()
        night.counters = { second, counters in
            counters.listenOverflows = second < 300 ? 40 : 42
            counters.listenDrops = second < 300 ? 50 : 53
        }
        night.queuePeak = 11
        let found = try Found(night)
        #expect(found.kinds == ["listen-overflow"])
        #expect(found.severity("listen-overflow") == "warning")
        #expect(
            try found.evidence("listen-overflow") == ["listen_overflows": 2, "listen_drops": 3])
        #expect(
            (found["listen-overflow"]?["seen"] as? String)?.contains("app on :80 (11 of 10)")
                == true)
        #expect(found["listen-overflow"]?["from"] as? String == "2026-11-23T03:04:50.000000Z")
    }

    @Test func `A full queue that dropped nothing, and drops before the recording, are none`()
        throws
    {
        var night = TroubledNight()
        night.queuePeak = 11
        #expect(try Found(night).kinds.isEmpty)
    }

    @Test func `Handshakes that fill the backlog are found`() throws {
        var night = TroubledNight()
        night.states = { $0 == 300 ? [(.synReceived, 103)] : [] }
        #expect(try Found(night).kinds == ["syn-backlog"])
        night.states = { $0 == 300 ? [(.synReceived, 102)] : [] }
        #expect(try Found(night).kinds.isEmpty)
    }

    @Test func `Handshakes that nobody completes are a flood, busy ones are not`() throws {
        var night = TroubledNight()
        night.limits["tcp_max_syn_backlog"] = "4096"
        night.states = { (300...340).contains($0) ? [(.synReceived, 300)] : [] }
        let found = try Found(night)
        #expect(found.kinds == ["half-open-flood"])
        #expect(found.severity("half-open-flood") == "critical")
        // 150 a second: each stays 2 s, by Little's law.
        night.counters = { $1.passiveOpens = 5000 + Int64($0) * 150 }
        night.recorded = 600 * 150
        #expect(try Found(night).kinds.isEmpty)
        night.counters = { _, _ in }
        night.recorded = 0
        night.states = { (300...310).contains($0) ? [(.synReceived, 300)] : [] }
        #expect(try Found(night).kinds.isEmpty)
    }

    // MARK: Ends

    private func ends(_ resets: Int, _ orderly: Int) -> TroubledNight {
        var night = TroubledNight()
        night.connections = (0..<resets + orderly).map { index in
            let life = TroubledNight.serve(
                peerPort: 40_000 + UInt16(index), from: 100, until: 130 + Double(index) * 0.1)
            return index < resets ? TroubledNight.reset(life) : life
        }
        return night
    }

    @Test func `A minute in which resets end most connections is found`() throws {
        let found = try Found(ends(100, 100))
        #expect(found.kinds == ["reset-storm"])
        #expect(try found.evidence("reset-storm")["by_peer"] == 100)
        #expect(
            found["reset-storm"]?["title"] as? String
                == "Resets ended most connections of app on :80")
        #expect(try Found(ends(99, 0)).kinds.isEmpty)
        #expect(try Found(ends(100, 101)).kinds.isEmpty)
    }

    private func refusals(_ number: Int, apart: Double) -> TroubledNight {
        var night = TroubledNight()
        night.connections = (0..<number).map {
            TroubledNight.failed(.refused, port: 41_000 + UInt16($0), at: 121 + Double($0) * apart)
        }
        return night
    }

    @Test func `A burst of refused connects is found`() throws {
        let found = try Found(refusals(20, apart: 1))
        #expect(found.kinds == ["failed-connects"])
        #expect(found.severity("failed-connects") == "critical")
        #expect(
            found["failed-connects"]?["title"] as? String
                == "Connects to 203.0.113.5:443 were refused")
        #expect(try Found(refusals(19, apart: 1)).kinds.isEmpty)
        #expect(try Found(refusals(20, apart: 6)).kinds.isEmpty)
    }

    @Test func `Where most attempts succeed a burst is a warning`() throws {
        var night = refusals(20, apart: 1)
        night.connections += (0..<21).map {
            TroubledNight.call(port: 42_000 + UInt16($0), from: 10, until: 20)
        }
        let found = try Found(night)
        #expect(found.severity("failed-connects") == "warning")
        #expect(try found.evidence("failed-connects")["ended"] == 41)
    }

    private func requests(_ number: Int, lasting length: Double) -> TroubledNight {
        var night = TroubledNight()
        night.connections = (0..<number).map { index in
            let start = 1 + Double(index) * 0.5
            return TroubledNight.call(
                port: 33_000 + UInt16(index), from: start, until: start + length)
        }
        return night
    }

    @Test func `A connection for each request is found, a pool is not`() throws {
        let found = try Found(requests(1000, lasting: 0.01))
        #expect(found.kinds == ["one-request-connections"])
        #expect(try found.evidence("one-request-connections")["short_lived"] == 1000)
        #expect(try Found(requests(999, lasting: 0.01)).kinds.isEmpty)
        #expect(try Found(requests(1000, lasting: 2)).kinds.isEmpty)
    }

    @Test func `A server that closes first is told, one whose clients do is not`() throws {
        var night = TroubledNight()
        night.connections = (0..<100).map {
            TroubledNight.serve(
                peerPort: 40_000 + UInt16($0), from: 10, until: 11, closedBy: .local)
        }
        let words = ["--threshold", "closes-first=100"]
        let found = try Found(night, words)
        #expect(found.kinds == ["closes-first"])
        #expect(try found.evidence("closes-first")["time_waits"] == 100)
        #expect(try Found(night).kinds.isEmpty)
        night.connections += (0..<26).map {
            TroubledNight.serve(peerPort: 50_000 + UInt16($0), from: 10, until: 11)
        }
        #expect(try Found(night, words).kinds.isEmpty)
    }

    // MARK: The recording itself

    @Test func `Gaps are told, long ones as a warning`() throws {
        var night = TroubledNight()
        night.gap = 201..<241
        #expect(try Found(night).severity("gaps") == "notice")
        night.gap = 201..<261
        let found = try Found(night)
        #expect(found.severity("gaps") == "warning")
        #expect(found["gaps"]?["title"] as? String == "Nothing was recorded for 60.0 s")
    }

    @Test func `A recording that saw too little is found, and one that saw too much`() throws {
        var night = TroubledNight()
        night.counters = { $1.passiveOpens = $0 < 600 ? 5000 : 5100 }
        night.recorded = 94
        #expect(try Found(night).severity("coverage") == "warning")
        night.recorded = 95
        #expect(try Found(night).kinds.isEmpty)
        night.recorded = 101
        #expect(try Found(night).severity("coverage") == "critical")
    }
}
