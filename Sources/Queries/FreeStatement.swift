/// What SQLite calls read-only although it reaches beyond the recording.
enum FreeStatement {
    private static let refused: Set<String> = ["ATTACH", "DETACH"]

    /// Whether the statement attaches or detaches a file.
    static func isRefused(_ sql: String) -> Bool {
        refused.contains(firstWord(of: sql).uppercased())
    }

    /// The first word behind blanks and comments.
    private static func firstWord(of sql: String) -> Substring {
        var rest = sql[...]
        while true {
            rest = rest.drop { $0.isWhitespace || $0 == ";" || $0 == "\u{FEFF}" }
            if rest.hasPrefix("--") {
                rest = rest.drop { !$0.isNewline }
            } else if rest.hasPrefix("/*") {
                guard let end = rest.dropFirst(2).firstRange(of: "*/") else { return "" }
                rest = rest[end.upperBound...]
            } else {
                return rest.prefix { $0.isLetter }
            }
        }
    }
}
