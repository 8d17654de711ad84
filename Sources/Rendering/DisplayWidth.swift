/// How many columns of a terminal text takes. The text must be free of control characters.
package enum DisplayWidth {
    /// The width of a text.
    package static func of(_ text: some StringProtocol) -> Int {
        let bytes = text.utf8
        if bytes.allSatisfy({ $0 < 0x80 }) { return bytes.count }
        return text.reduce(0) { $0 + of($1) }
    }

    /// The width of one character as a reader sees it. An emoji takes two columns, whatever it is
    /// joined from; else each scalar takes its own.
    static func of(_ character: Character) -> Int {
        let scalars = character.unicodeScalars
        if scalars.count > 1, isEmoji(scalars) { return 2 }
        return scalars.reduce(0) { $0 + of($1) }
    }

    private static func isEmoji(_ scalars: Character.UnicodeScalarView) -> Bool {
        guard let first = scalars.first?.properties, first.isEmoji else { return false }
        return scalars.dropFirst().contains {
            $0.value == 0xfe0f || $0.properties.isEmojiModifier || $0.properties.isEmojiPresentation
        }
    }

    private static func of(_ scalar: Unicode.Scalar) -> Int {
        switch scalar.value {
        case 0x20..<0x7f: return 1
        // Vowels and final consonants of Hangul are drawn onto the syllable's first letter.
        case 0x1160...0x11ff, 0xd7b0...0xd7ff: return 0
        default: break
        }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control: return 0
        default: return WideScalars.contains(scalar) ? 2 : 1
        }
    }
}

extension DisplayWidth {
    /// The text cut to a width: in the middle, so that both ends of an address or a path stay, or
    /// at its end where it has spaces and reads like a sentence.
    package static func cut(_ text: String, to width: Int, unicode: Bool = true) -> String {
        guard of(text) > width else { return text }
        let mark = unicode ? "…" : "~"
        guard width > 1 else { return width < 1 ? "" : mark }
        if width < 5 || text.contains(" ") { return prefix(text, width - 1) + mark }
        let tail = suffix(text, (width - 1) / 2)
        return prefix(text, width - 1 - of(tail)) + mark + tail
    }

    /// As much from the front as fits.
    static func prefix(_ text: some StringProtocol, _ width: Int) -> String {
        var left = width
        return String(
            text.prefix {
                left -= of($0)
                return left >= 0
            })
    }

    private static func suffix(_ text: String, _ width: Int) -> String {
        String(String(prefix(String(text.reversed()), width)).reversed())
    }
}
