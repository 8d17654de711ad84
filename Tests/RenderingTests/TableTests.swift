import Model
import Rendering
import Testing

@Suite("Tables")
struct TableTests {
    /// Widths as Unicode's EastAsianWidth.txt and the emoji they stand for give them.
    @Test(
        "count columns of the terminal, not characters",
        arguments: [
            ("abc", 3), ("日本", 4), ("e\u{301}", 1), ("\u{301}", 0), ("한글", 4),
            ("\u{1112}\u{1161}\u{11ab}", 2), ("👩‍👩‍👧", 2), ("🇩🇪", 2), ("☃", 1), ("☃\u{fe0f}", 2),
            ("👍🏽", 2), ("１", 2), ("é", 1), ("🦀🦀", 4), ("", 0), ("…", 1), ("µ", 1), ("█▏", 2),
        ])
    func width(text: String, columns: Int) {
        #expect(DisplayWidth.of(text) == columns)
    }

    @Test(
        "cut names in the middle and sentences at their end",
        arguments: [
            ("192.168.100.200:50412", 11, "192.1…50412"), ("a sentence of words", 10, "a sentenc…"),
            ("日本語サーバー", 7, "日本…ー"), ("abc", 3, "abc"), ("abcdef", 1, "…"), ("abcdef", 0, ""),
            ("abcdef", 4, "abc…"),
        ])
    func cut(text: String, width: Int, expected: String) {
        #expect(DisplayWidth.cut(text, to: width) == expected)
    }

    @Test("never exceed the terminal, end a line in spaces, or cut a number", arguments: 20...140)
    func fits(width: Int) throws {
        for cursor in [Sample.sockets, Sample.kinds] {
            let options = RenderOptions(width: width)
            let text = try Renderer.text(cursor: cursor, format: .table, options: options)
            for line in text.split(separator: "\n") {
                #expect(DisplayWidth.of(line) <= width)
                #expect(!line.hasSuffix(" "))
            }
            let isSockets = cursor.columns.first?.name == "state"
            #expect(text.contains(isSockets ? "1,048,576" : "1,234,567"))
        }
    }

    @Test("of any length stream: rows beyond the measured ones come as they are read")
    func streaming() throws {
        final class Counter: RowCursor {
            let columns = [Column("n", kind: .number), Column("text")]
            var count: Int64 = 0

            func next() -> [Cell]? {
                count += 1
                return count > 10_100 ? nil : [.integer(count), .text("row \(count)")]
            }
        }
        let cursor = Counter()
        var behind: Int64 = 0
        var lines = 0
        try Renderer.render(
            cursor: cursor, format: .table, options: RenderOptions(width: 30)
        ) { _ in
            lines += 1
            behind = max(behind, cursor.count - Int64(lines))
        }
        #expect(lines == 10_101)
        #expect(behind <= 10_000)
    }

    @Test("stop where the destination stops")
    func closedPipe() {
        struct Closed: Error {}
        for format in OutputFormat.allCases {
            #expect(throws: Closed.self) {
                try Renderer.render(
                    cursor: Sample.sockets, format: format, options: RenderOptions()
                ) { _ in throw Closed() }
            }
        }
    }

    @Test("align a column of numbers to the right even when nobody named its kind")
    func unnamedNumbers() throws {
        let cursor = ArrayCursor(
            columns: [Column("n"), Column("t")],
            rows: [[.integer(7), .text("a")], [.integer(1234), .null], [.null, .text("")]])
        let text = try Renderer.text(cursor: cursor, format: .table, options: RenderOptions())
        #expect(text == "   n  t\n   7  a\n1234  -\n   -\n")
    }
}

@Suite("Sparklines")
struct SparklineTests {
    @Test(
        "rise from 0 to the highest number and leave gaps",
        arguments: [
            ([0, 1, 2, 3, 4, 5, 6, 7], "▁▂▃▄▅▆▇█"), ([0, nil, 7], "▁ █"), ([5, 5], "██"),
            ([0, 0], "▁▁"), ([0, 0.001, 100], "▁▂█"), ([-7, 0], "▁█"), ([], ""), ([nil], " "),
            ([.nan, 1], " █"), ([1.7e308, -1.7e308], "█▁"),
        ] as [([Double?], String)])
    func bars(values: [Double?], text: String) {
        #expect(Sparkline.draw(values) == text)
    }

    @Test("keep the peaks when they are thinned")
    func thinned() {
        let values: [Double?] = [0, 7, 0, 0, nil, nil, 0, 3]
        #expect(Sparkline.draw(values, width: 4) == "█▁ ▄")
        #expect(Sparkline.draw(values, width: 0) == "")
        #expect(Sparkline.draw([0, 3.5, nil, 7], unicode: false) == "_= #")
    }

    @Test("are drawn from arrays of JSON numbers alone")
    func series() {
        #expect(Series(json: " [1, -2.5e-3 ,null]\n")?.values == [1, -0.0025, nil])
        #expect(Series(json: "[]")?.values == [])
        for text in [
            "", "[", "]", "[1", "[01]", "[+1]", "[.5]", "[1.]", "[nan]", "[1,]", "[[1]]", "{}",
        ] {
            #expect(Series(json: text) == nil, "\(text)")
        }
    }
}

@Suite("The status line")
struct StatusLineTests {
    private let line = StatusLine(
        elapsedSeconds: 93_792.9, samples: 93_792, sockets: 1841, openedPerSecond: 412.4,
        fileBytes: 80_740_352, coverage: 0.99996)

    @Test("drops items from its end where the terminal is narrow")
    func width() {
        #expect(
            line.text(width: 100)
                == "26:03:12 · 93,792 samples · 1,841 sockets · 412 opened/s · 77.0 MiB · 99.99 % seen"
        )
        #expect(line.text(width: 60) == "26:03:12 · 93,792 samples · 1,841 sockets · 412 opened/s")
        #expect(line.text(width: 10) == "26:03:12")
        #expect(line.text(width: 3) == "")
    }

    @Test("overwrites the one before it and leaves out what is unknown")
    func frame() {
        let start = StatusLine(elapsedSeconds: 7, samples: 1)
        #expect(start.frame(width: 80) == "\r0:00:07 · 1 sample\u{1b}[K")
        #expect(start.text(width: nil, unicode: false) == "0:00:07 | 1 sample")
    }
}
