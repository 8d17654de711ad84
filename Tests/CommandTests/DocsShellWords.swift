/// Reads the part of the shell's language that the documentation uses: words, quotes, comments and
/// lines that go on.
struct ShellWords {
    /// What it does not read.
    struct Unreadable: Error, CustomStringConvertible {
        var description: String
    }

    private var commands: [[String]] = []
    private var words: [String] = []
    private var word: String?
    private var quote: Character?

    /// The words of each command of a script.
    static func commands(_ script: String) throws -> [[String]] {
        var reader = ShellWords()
        var rest = Substring(script)
        while let next = rest.popFirst() { try reader.take(next, before: &rest) }
        guard reader.quote == nil else { throw Unreadable(description: "an open quote") }
        reader.endCommand()
        return reader.commands
    }

    private mutating func take(_ next: Character, before rest: inout Substring) throws {
        switch next {
        case quote: quote = nil
        case _ where quote != nil:
            guard !"$`\\".contains(next) || quote == "'" else { throw unreadable(next) }
            word?.append(next)
        case "'", "\"":
            quote = next
            word = word ?? ""
        case "\\" where rest.first == "\n": rest.removeFirst()
        case "#" where word == nil: rest = rest.drop { $0 != "\n" }
        case "\n": endCommand()
        case " ": endWord()
        case _ where "|&;<>()$`\\*?".contains(next): throw unreadable(next)
        default: word = (word ?? "") + String(next)
        }
    }

    private func unreadable(_ character: Character) -> Unreadable {
        Unreadable(description: "an example is plain words and quotes, without \(character)")
    }

    private mutating func endWord() {
        if let word { words.append(word) }
        word = nil
    }

    private mutating func endCommand() {
        endWord()
        if !words.isEmpty { commands.append(words) }
        words = []
    }
}
