/// What the command line asked for: `--name value` or `--name` alone.
struct Options {
    private var values: [String: String] = [:]

    /// Reads words; a name that another name follows is a flag.
    init(_ words: some Sequence<String>) {
        var name: String?
        for word in words {
            if word.hasPrefix("--") {
                name = String(word.dropFirst(2))
                values[name ?? ""] = ""
            } else if let last = name {
                values[last] = word
                name = nil
            }
        }
    }

    /// The number given, or the default.
    func number(_ name: String, _ standard: Int) -> Int {
        values[name].flatMap { Int($0) } ?? standard
    }

    /// The text given, nil without.
    func text(_ name: String) -> String? { values[name] }

    /// Whether the flag was given.
    func has(_ name: String) -> Bool { values[name] != nil }
}
