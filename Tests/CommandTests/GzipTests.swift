import Foundation
import Testing

@Suite("What is taken along is compressed by its name, and appears whole")
struct GzipTests {
    private let folder: Folder
    private let night: String

    init() throws {
        folder = try Folder()
        night = folder.file("night.sqlite")
        try TravelNight.record(into: night)
    }

    private func shell(_ line: String) throws -> Command.Outcome {
        try Command.shell(
            "cd \"$D\" && \(line)", environment: ["SOCKTAPE_DB": night, "D": folder.path])
    }

    @Test func `A report in a file named .gz is the report that gunzip reads`() throws {
        let outcome = try shell(
            """
            "$socktape" connections --format csv --output c.csv.gz && gzip -t c.csv.gz \
            && gunzip -c c.csv.gz > c.csv && "$socktape" connections --format csv | cmp - c.csv
            """)
        #expect(outcome.code == 0, "\(outcome.complaint)")
        #expect(folder.names == ["c.csv", "c.csv.gz", "night.sqlite"])
    }

    @Test func `More than zlib takes at once comes back as it was`() throws {
        let many =
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
            + "SELECT i, hex(i * 2654435761) AS h FROM n LIMIT 300000"
        let outcome = try shell(
            """
            "$socktape" sql '\(many)' --format csv --output n.csv.gz \
            && "$socktape" sql '\(many)' --format csv | cmp - <(gunzip -c n.csv.gz)
            """)
        #expect(outcome.code == 0, "\(outcome.complaint)")
    }

    @Test func `An export is compressed file by file`() throws {
        let outcome = try shell(
            """
            "$socktape" export --output plain && "$socktape" export --output small --gzip \
            && cd plain && for f in *; do gunzip -c "../small/$f.gz" | cmp - "$f" || exit 1; done
            """)
        #expect(outcome.code == 0, "\(outcome.complaint)")
        // No line of progress where nobody watches.
        #expect(outcome.complaint.isEmpty)
    }

    @Test func `On a terminal an export says how far it is, and leaves no trace of it`() throws {
        let outcome = try shell(
            "script -qec '\"$socktape\" export --output night' /dev/null < /dev/null")
        #expect(outcome.code == 0, "\(outcome.output)")
        #expect(outcome.output.contains("view 1 of 35: recordings"))
        #expect(outcome.output.hasSuffix("\r\u{1b}[K"))
    }
}
