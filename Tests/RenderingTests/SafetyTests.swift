import Model
import Rendering
import Testing

@Suite("Names from anyone")
struct SafetyTests {
    /// Names that try to act on a terminal, a page or a spreadsheet.
    private static let hostile = [
        "\u{1b}[2J", "\u{9b}31m", "a\nb", "a\rb", "\u{202e}cod.exe", "\u{2066}x\u{2069}", "\u{7f}",
        "\u{2028}", "\u{0}", "\u{85}", "\u{200b}", "\u{feff}", "\u{e0041}", "a\u{7}", "\u{200f}",
        "|\u{301}|", "<b>&amp;</b>", "`x`", "[a](b)", "=cmd|' /C calc'!A0", "\u{3164}", "\t=1",
    ]

    private func text(
        _ name: String, _ format: OutputFormat, _ options: RenderOptions = RenderOptions()
    ) throws -> String {
        let cursor = ArrayCursor(
            columns: [Column(name), Column("x")], rows: [[.text(name), .null]])
        return try Renderer.text(cursor: cursor, format: format, options: options)
    }

    @Test("cannot act on a terminal, whatever the format for people", arguments: hostile)
    func terminals(name: String) throws {
        for format in [OutputFormat.table, .markdown, .json, .ndjson] {
            for width in [nil, 1, 12, 80] as [Int?] {
                let options = RenderOptions(width: width)
                for scalar in try text(name, format, options).unicodeScalars where scalar != "\n" {
                    let category = scalar.properties.generalCategory
                    #expect(category != .control && category != .format)
                    #expect(category != .lineSeparator && category != .paragraphSeparator)
                    #expect(!scalar.properties.isDefaultIgnorableCodePoint)
                }
            }
            if format != .json { #expect(try text(name, format).split(separator: "\n").count < 4) }
        }
    }

    @Test("cannot act on a terminal as CSV either, and are as they are in a file")
    func terminalCSV() throws {
        let options = RenderOptions(width: 80)
        #expect(try text("a\u{1b}[2J\nb", .csv, options).hasSuffix("\r\na\\x1b[2J\\nb,\r\n"))
        #expect(try text("a\u{1b}[2J", .csv).hasSuffix("\r\na\u{1b}[2J,\r\n"))
    }

    @Test("are written visibly")
    func visible() {
        #expect(SafeText.visible("a\u{1b}[31m\n\t\r\u{7}") == "a\\x1b[31m\\n\\t\\r\\x07")
        #expect(SafeText.visible("\u{202e}x\u{9b}") == "\\u{202e}x\\x9b")
        #expect(SafeText.visible("dev\\x2dsda 日本 é👩‍👩‍👧") == "dev\\x2dsda 日本 é👩‍👩‍👧")
        #expect(SafeText.visible("é", unicode: false) == "\\xe9")
    }

    @Test("stay in their cell of a Markdown table and are no markup")
    func markdown() throws {
        let cursor = ArrayCursor(
            columns: [Column("a_b")],
            rows: [[.text("|\u{301}|<i>`*_x_*`[l](u)\\&")], [.text("snake_case")]])
        let text = try Renderer.text(cursor: cursor, format: .markdown, options: RenderOptions())
        let lines = text.split(separator: "\n")
        #expect(lines[2].contains("\\|\u{301}\\|&lt;i&gt;\\`\\*\\_x\\_\\*\\`\\[l\\](u)\\\\&amp;"))
        #expect(lines[3].contains("| snake_case "))
        #expect(lines[0].contains("| a_b "))
    }

    @Test(
        "do not become formulas in a spreadsheet",
        arguments: [
            ("=1+1", "'=1+1"), ("+1", "'+1"), ("-1", "'-1"), ("@x", "'@x"), ("\t=1", "'\t=1"),
            ("\r=1", "\"'\r=1\""), ("=a,b", "\"'=a,b\""), ("a=1", "a=1"),
            ("say \"hi\"", "\"say \"\"hi\"\"\""), ("\"\u{301}", "\"\"\"\u{301}\""), ("", ""),
        ])
    func csv(name: String, cell: String) throws {
        let cursor = ArrayCursor(
            columns: [Column("a"), Column("b")], rows: [[.text(name), .integer(-1)]])
        let text = try Renderer.text(cursor: cursor, format: .csv, options: RenderOptions())
        #expect(text == "a,b\r\n\(cell),-1\r\n")
    }

    @Test("are written as they are in raw CSV")
    func rawCSV() throws {
        let cursor = ArrayCursor(columns: [Column("=a")], rows: [[.text("=1+1")], [.null]])
        let text = try Renderer.text(
            cursor: cursor, format: .csv, options: RenderOptions(raw: true))
        #expect(text == "=a\r\n=1+1\r\n\"\"\r\n")
    }

    @Test("are valid strings of JSON")
    func json() throws {
        let cursor = ArrayCursor(
            columns: [Column("n"), Column("n"), Column("s", kind: .series)],
            rows: [
                [.text("\"\\\u{1}\n\u{e0041}é"), .blob([0, 255]), .text("[1,\n2.5e3]")],
                [.real(.infinity), .real(0.1), .text("[1,]")],
            ])
        let text = try Renderer.text(cursor: cursor, format: .ndjson, options: RenderOptions())
        #expect(
            text == """
                {"n":"\\"\\\\\\u0001\\n\\udb40\\udc41é","n_2":"00ff","s":[1,2.5e3]}
                {"n":null,"n_2":0.1,"s":"[1,]"}

                """)
    }

    @Test("of nothing give an empty array, a header, or no line")
    func nothing() throws {
        let texts = try OutputFormat.allCases.map { format in
            let cursor = ArrayCursor(columns: [Column("a"), Column("b")], rows: [])
            return try Renderer.text(cursor: cursor, format: format, options: RenderOptions())
        }
        #expect(
            texts == ["a  b\n", "a,b\r\n", "[]\n", "", "| a   | b   |\n| --- | --- |\n"])
    }
}
