/// What a person typed and why it cannot be used.
package struct ExpressionError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Whether the words are wrong, or only what they point at.
    package enum Kind: Sendable {
        /// It cannot be read: a usage error.
        case syntax
        /// It reads well, but nothing was recorded there.
        case outsideRecording
    }

    /// Which kind of mistake it is.
    package var kind: Kind
    /// What was expected, such as "duration".
    package var what: String
    /// What was typed.
    package var input: String
    /// Why it cannot be used.
    package var reason: String
    /// What is accepted.
    package var remedy: String

    package init(
        _ kind: Kind = .syntax, cannotRead what: String, _ input: some StringProtocol,
        because reason: String, try remedy: String
    ) {
        self.kind = kind
        self.what = what
        self.input = String(input)
        self.reason = reason
        self.remedy = remedy
    }

    /// One line: "cannot read duration '5x': 'x' is no unit; try 500ms, 90, 1.5h, 3d2h".
    package var description: String {
        "cannot read \(what) '\(Self.shown(input))': \(Self.shown(reason)); try \(remedy)"
    }

    /// What was typed comes back on a terminal: what is not plain is written as its number.
    private static func shown(_ text: String) -> String {
        text.unicodeScalars.reduce(into: "") { text, scalar in
            let isPlain = scalar.properties.generalCategory.isPlain
            text += isPlain ? String(scalar) : "\\u{\(String(scalar.value, radix: 16))}"
        }
    }
}

extension Unicode.GeneralCategory {
    /// Whether a scalar of this category is safe on a terminal.
    fileprivate var isPlain: Bool {
        switch self {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: false
        default: true
        }
    }
}
