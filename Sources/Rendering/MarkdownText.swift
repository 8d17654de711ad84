/// Text within Markdown.
package enum MarkdownText {
    /// Neither Markdown nor HTML: punctuation that means something is written so that it does not.
    /// An underscore within a word is none.
    package static func escaped(_ text: String) -> String {
        let scalars = Array(text.unicodeScalars)
        return scalars.indices.reduce(into: "") { result, index in
            switch scalars[index] {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "|", "\\", "`", "*", "[", "]", "~", "$": result += "\\\(scalars[index])"
            case "_" where !isWithinWord(index, scalars): result += "\\_"
            default: result.unicodeScalars.append(scalars[index])
            }
        }
    }

    private static func isWithinWord(_ index: Int, _ scalars: [Unicode.Scalar]) -> Bool {
        [index - 1, index + 1].allSatisfy { neighbour in
            guard scalars.indices.contains(neighbour) else { return false }
            return scalars[neighbour] == "_" || scalars[neighbour].properties.isAlphabetic
                || scalars[neighbour].properties.numericType != nil
        }
    }
}
