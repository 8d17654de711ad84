import GRDB

/// Something in a recording that should not be.
package struct CheckFinding: Equatable, Sendable {
    /// What was checked: `integrity`, `references`, `bounds`, `spans`, …
    package let rule: String
    /// What was found, one sentence.
    package let detail: String

    package init(rule: String, detail: String) {
        self.rule = rule
        self.detail = detail
    }
}

extension RecordingFile {
    /// How many samples are rebuilt and compared with their counts.
    package static let samplesCompared = 50
    /// A damaged file may break a rule a million times.
    private static let findingsPerRule = 100

    /// Checks the file's pages, its references and the ledger's rules; empty when all is well.
    package func check() throws -> [CheckFinding] {
        try StoreError.translating("check", path) {
            // Without a transaction: SQLite does not commit one that met a broken page.
            let broken = try database.unsafeRead { try Self.integrity($0) }
            // A broken page would only show again as broken rules.
            guard broken.isEmpty else { return broken }
            return try database.read { database in
                var findings = try Self.references(database)
                for rule in LedgerRule.all { findings += try Self.breaches(of: rule, database) }
                findings += try Self.counts(database)
                return findings
            }
        }
    }

    private static func integrity(_ database: Database) throws -> [CheckFinding] {
        var findings: [CheckFinding] = []
        do {
            let lines = try String.fetchCursor(
                database, sql: "PRAGMA integrity_check(\(findingsPerRule))")
            while let line = try lines.next() {
                if line != "ok" { findings.append(CheckFinding(rule: "integrity", detail: line)) }
            }
        } catch let error as DatabaseError where error.resultCode == .SQLITE_CORRUPT {
            // It may end so after it has told what is broken.
            if findings.isEmpty {
                let detail = error.message ?? "the file is damaged"
                findings.append(CheckFinding(rule: "integrity", detail: detail))
            }
        }
        return findings
    }

    private static func references(_ database: Database) throws -> [CheckFinding] {
        try Row.fetchAll(
            database,
            sql: """
                SELECT "table" AS child, rowid AS row, parent FROM pragma_foreign_key_check
                LIMIT \(findingsPerRule)
                """
        ).map { row in
            let number = (row["row"] as Int64?).map { " \($0)" } ?? ""
            let child: String = row["child"]
            let parent: String = row["parent"]
            return CheckFinding(
                rule: "references", detail: "\(child)\(number) names a \(parent) that is not there")
        }
    }

    private static func breaches(
        of rule: LedgerRule, _ database: Database
    ) throws -> [CheckFinding] {
        try Row.fetchAll(database, sql: "\(rule.sql) LIMIT \(findingsPerRule)").map { row in
            let (number, fault): (Int64, String) = (row[0], row[1])
            return CheckFinding(
                rule: rule.name, detail: "\(rule.subject.rawValue) \(number)\(fault)")
        }
    }

    private static func counts(_ database: Database) throws -> [CheckFinding] {
        let samples = try Int64.fetchAll(
            database, sql: LedgerRule.comparedSamplesSQL, arguments: [samplesCompared])
        var findings: [CheckFinding] = []
        for sample in samples where findings.count < findingsPerRule {
            findings += try String.fetchAll(
                database, sql: LedgerRule.countsSQL, arguments: ["sample": sample]
            ).map { CheckFinding(rule: "counts", detail: $0) }
        }
        return findings
    }
}
