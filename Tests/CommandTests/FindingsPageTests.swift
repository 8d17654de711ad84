import Foundation
import Model
import Testing

@Suite("Findings are told to people, scripts and SQL")
struct FindingsPageTests {
    private let folder: Folder
    private let path: String

    /// Nearly all at once.
    private static var everything: TroubledNight {
        var night = TroubledNight()
        night.limits["ip_local_port_range"] = "40000 40099"
        night.states = { _ in [(.timeWait, 900), (.synReceived, 300)] }
        night.allocated = { 300 + Int64($0 / 10) * 10 }
        night.counters = { second, counters in
            counters.listenDrops = second < 300 ? 50 : 51
            counters.timeWaitOverflow = second < 300 ? 60 : 61
        }
        night.descriptors = (0..<10).map { ($0 * 60, 30 + Int64($0) * 100) }
        night.gap = 201..<241
        for index in 0..<UInt16(96) {
            night.connections.append(
                TroubledNight.call(port: 40_000 + index, from: 5, until: 500))
        }
        for index in 0..<UInt16(100) {
            let life = TroubledNight.serve(peerPort: 41_000 + index, from: 5, until: 300)
            night.connections.append(TroubledNight.reset(life))
        }
        for index in 0..<UInt16(30) {
            night.connections.append(
                TroubledNight.failed(.refused, port: 42_000 + index, at: 400))
        }
        for index in 0..<UInt16(5) {
            let moment = 410 + Double(index)
            night.connections.append(TroubledNight.failed(.notSent, port: 0, at: moment))
        }
        for index in 0..<UInt16(12) {
            night.connections += [
                TroubledNight.lingering(.closeWait, peerPort: 43_000 + index, from: 100),
                TroubledNight.lingering(.finWait2, peerPort: 44_000 + index, from: 100),
            ]
        }
        return night
    }

    init() throws {
        folder = try Folder()
        path = folder.file("night.sqlite")
        try Self.everything.record(into: path)
    }

    private func run(_ words: String, columns: Int? = nil) throws -> Command.Outcome {
        var environment = ["SOCKTAPE_DB": path]
        if let columns { environment["COLUMNS"] = "\(columns)" }
        return try Command.shell("\"$socktape\" findings \(words)", environment: environment)
    }

    @Test func `The worst come first`() throws {
        let objects = try JSON.objects(try run("--format json").output)
        let order = ["critical", "warning", "notice"]
        let severities = objects.compactMap {
            order.firstIndex(of: $0["severity"] as? String ?? "")
        }
        #expect(severities.count == objects.count)
        #expect(severities == severities.sorted())
        #expect(Set(severities) == [0, 1, 2])
        #expect(Set(objects.compactMap { $0["finding"] as? String }).count == 13)
    }

    @Test func `The SQL of a finding runs by itself and gives its figures`() throws {
        let objects = try JSON.objects(try run("--format json").output)
        for object in objects {
            let kind = object["finding"] as? String ?? ""
            let sql = try #require(object["sql"] as? String)
            let answer = try Command.socktape("sql", sql, "--format", "json", db: path)
            #expect(answer.code == 0, "\(kind): \(answer.complaint)")
            let rows = try JSON.objects(answer.output)
            #expect(!rows.isEmpty, "\(kind)")
            let text = try #require(object["evidence"] as? String)
            let figures =
                try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] ?? [:]
            let known = figures.filter { name, value in
                value is NSNumber && rows.contains { $0[name] != nil }
            }
            let isThere = rows.contains { row in
                known.allSatisfy { name, value in row[name] as? NSNumber == value as? NSNumber }
            }
            #expect(isThere, "\(kind): \(text) is not in \(rows.prefix(3))")
            #expect(!known.isEmpty || ["descriptor-leak", "limit-forecast", "gaps"].contains(kind))
        }
    }

    @Test func `Figures are told in words, and those of the range's quarters together`() throws {
        let words = try run("").output.split(whereSeparator: \.isWhitespace)
        let text = words.joined(separator: " ")
        // Twelve came at 100 s, of 600.
        #expect(
            text.contains(
                "12 still there; the oldest 8 min 20 s; from quarter to quarter of the range "
                    + "0, 12, 12, 12, 12"))
        #expect(text.contains("96 held by connections; 0 in TIME-WAIT; 5 not sent"))
        // No figure goes by the name of a column.
        let figures = text.split(separator: " figures ").dropFirst().map { part in
            part.split(separator: " kind ")[0].split(separator: " why ")[0]
        }
        #expect(figures.count == 13)
        for text in figures {
            let names = text.matches(of: /[a-z]+_[a-z_]+/).map { String($0.output) }
            #expect(names.allSatisfy { $0.hasPrefix("tcp_") }, "\(text)")
        }
    }

    @Test func `Markdown has a section for each finding, and its SQL as code`() throws {
        let found = try JSON.objects(try run("--format json").output)
        let lines = try run("--format markdown").output.components(separatedBy: "\n")
        #expect(lines.count { $0.hasPrefix("## ") } == found.count)
        #expect(
            lines.contains(
                "## CRITICAL: Ephemeral ports towards 203.0.113.5:443 ran out at "
                    + "192.0.2.10"))
        #expect(lines.count { $0 == "```sql" } == found.count)
        #expect(lines.count { $0 == "```" } == found.count)
        #expect(!lines.contains { $0.hasPrefix("|") })
    }

    @Test func `An exit code of 1 says that something at least so bad was found`() throws {
        #expect(try run("").code == 0)
        let outcome = try run("--fail-on critical --format csv")
        #expect(outcome.code == 1)
        #expect(outcome.complaints.count == 1)
        #expect(outcome.complaint.contains("at or above critical"))
        #expect(try CSV.parse(outcome.output).count > 5)
        let quiet = folder.file("quiet.sqlite")
        try TroubledNight().record(into: quiet)
        #expect(try Command.socktape("findings", "--fail-on", "warning", db: quiet).code == 0)
    }

    @Test func `A quiet night says what was looked for, and how much was seen`() throws {
        let quiet = folder.file("quiet.sqlite")
        try TroubledNight().record(into: quiet)
        let outcome = try Command.socktape("findings", db: quiet)
        #expect(outcome.output.hasPrefix("Nothing found"))
        #expect(outcome.output.contains("port-exhaustion"))
        #expect(outcome.complaint.contains("nothing found, of 16 kinds looked for"))
        #expect(outcome.complaint.contains("coverage:"))
        #expect(!outcome.complaint.contains("not judged"))
    }

    @Test func `What could not be judged is said, and is not among what was looked for`() throws {
        var night = TroubledNight()
        night.limits = [:]
        night.hostLimits = [:]
        night.connections = [TroubledNight.call(port: 40_000, from: 5, until: 500)]
        night.counters = { $1 = KernelCounters() }
        let bare = folder.file("bare.sqlite")
        try night.record(into: bare)
        let outcome = try Command.socktape("findings", db: bare)
        let words = outcome.complaint.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        for kind in ["port-exhaustion", "time-wait-limit", "listen-overflow", "syn-backlog"] {
            #expect(words.contains("\(kind) ("), "\(kind)")
            #expect(!outcome.output.contains(kind), "\(kind)")
        }
        #expect(words.contains("little was seen to judge by: how much was recorded is not known"))
    }

    @Test func `The page fits the terminal and shows SQL where it is asked for`() throws {
        let plain = try run("").output
        #expect(!plain.contains("SELECT"))
        #expect(plain.split(separator: "\n").allSatisfy { $0.count <= 80 })
        #expect(plain.contains("\n  why "))
        #expect(try run("--sql").output.contains("\n  sql     "))
        #expect(try run("--wide").output.contains("\n  sql     "))
    }

    @Test func `Thresholds are listed, and those that a person set are shown`() throws {
        let outcome = try run(
            "--thresholds --threshold port-use=60% --threshold gaps=2m --format csv")
        #expect(outcome.code == 0)
        let rows = try CSV.parse(outcome.output)
        #expect(
            rows.first { $0[0] == "port-use" }?.prefix(4) == ["port-use", "0.6", "0.8", "share"])
        #expect(rows.first { $0[0] == "gaps" }?[1] == "120")
    }

    @Test func `A threshold that cannot be set says what can`() throws {
        for (words, part) in [
            ("x=1", "port-use, port-use-critical"), ("port-use", "try port-use=60%"),
            ("port-use=lots", "try port-use=80%"), ("resets=-1", "try resets=100"),
            ("gaps=soon", "soon"), ("resets=nan", "try resets=100"),
        ] {
            let outcome = try run("--threshold \(words)")
            #expect(outcome.code == 64, "\(words)")
            #expect(outcome.complaints.count == 1)
            #expect(outcome.complaint.contains(part), "\(outcome.complaint)")
        }
    }

    @Test func `A range with nothing in it says what is recorded`() throws {
        let outcome = try run("--since 2020-01-01T00:00:00Z --until 2020-01-02T00:00:00Z")
        #expect(outcome.code == 69)
        #expect(outcome.complaint.contains("the file holds"))
    }
}

@Suite("Each rule is documented as it is")
struct FindingsDocsTests {
    @Test func `docs/findings.md has a section on each kind and names each threshold`() throws {
        let page = try Page(name: "docs/findings.md")
        let rows = try CSV.parse(
            try Command.socktape("findings", "--thresholds", "--format", "csv").output
        ).dropFirst()
        #expect(rows.count > 30)
        for row in rows {
            #expect(page.lines.contains("## \(row[4])"), "\(row[4])")
            let told = page.rows.first { $0[0] == "`\(row[0])`" }
            #expect(told?[1] == row[2] + (row[3] == "count" ? "" : " " + row[3]), "\(row[0])")
        }
        let kinds = Set(rows.map { $0[4] })
        let sections = page.lines.filter { $0.hasPrefix("## ") }.map { String($0.dropFirst(3)) }
        #expect(Set(sections).isSuperset(of: kinds))
        #expect(kinds.count == 16)
    }
}
