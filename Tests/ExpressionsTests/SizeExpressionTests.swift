import Expressions
import Testing

@Suite("Sizes")
struct SizeExpressionTests {
    @Test(
        "are understood in octets",
        arguments: [
            ("2GB", 2_000_000_000), ("500MiB", 524_288_000), ("1.5 TB", 1_500_000_000_000),
            ("1000000", 1_000_000), ("7B", 7), ("64kb", 64_000), ("64KiB", 65_536),
            (".5GiB", 536_870_912),
            ("1TiB", 1_099_511_627_776), (" 3 mb ", 3_000_000), ("0", 0), ("0.0004kB", 0),
            ("0.0005kB", 1), ("1000000TB", 1_000_000_000_000_000_000),
        ] as [(String, Int64)])
    func understood(typed: String, bytes: Int64) throws {
        #expect(try SizeExpression(typed).bytes == bytes)
    }

    @Test(
        "that make no sense are refused with the reason",
        arguments: [
            ("", "it is empty"), ("abc", "a number is missing"), ("5x", "'x' is not a unit"),
            ("2G", "'g' is not a unit"), ("-5GB", "a size is not negative"),
            ("1GB2", "something follows its unit"), ("1GB 2MB", "something follows its unit"),
            ("99999999999999999999GB", "it is out of range"), ("1000001TB", "it is out of range"),
            (".", "a number is missing"), ("1_000", "something follows its unit"),
        ])
    func refused(typed: String, reason: String) {
        #expect {
            try SizeExpression(typed)
        } throws: { error in
            let text = "\(error)"
            return text.hasPrefix("cannot read size '\(typed)': ") && text.contains(reason)
                && text.contains("; try ")
        }
    }

    @Test("outside a command's range are refused with the range")
    func range() {
        #expect {
            try SizeExpression("3MB", in: 4_000_000...1_000_000_000_000_000_000)
        } throws: {
            "\($0)" == "cannot read size '3MB': it is out of range; try 4MB to 1000000TB"
        }
    }

    @Test(
        "are written as they would be typed",
        arguments: [
            ("2000MB", "2GB"), ("500MiB", "500MiB"), ("1500000000", "1500MB"), ("0", "0B"),
            ("1025", "1025B"), ("1024", "1KiB"),
        ])
    func spelled(typed: String, text: String) throws {
        #expect(try SizeExpression(typed).description == text)
    }
}
