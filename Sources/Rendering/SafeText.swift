/// Makes text from anywhere harmless on a terminal.
package enum SafeText {
    /// The text with every control, format, invisible and line-breaking character written
    /// visibly: `\n`, `\x1b`, `\u{202e}`. Joiners within words and emoji stay. Without `unicode`
    /// all that is not ASCII is written so.
    package static func visible(_ text: String, unicode: Bool = true) -> String {
        if text.utf8.allSatisfy({ 0x20..<0x7f ~= $0 }) { return text }
        return text.unicodeScalars.reduce(into: "") { result, scalar in
            if isHidden(scalar) || !unicode && !scalar.isASCII {
                result += escaped(scalar)
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
    }

    /// Whether a scalar could act on a terminal, or pass unseen.
    static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x20..<0x7f: return false
        case 0x200c, 0x200d, 0xfe00...0xfe0f: return false
        default: break
        }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: return true
        default: return scalar.properties.isDefaultIgnorableCodePoint
        }
    }

    private static func escaped(_ scalar: Unicode.Scalar) -> String {
        let hexadecimal = String(scalar.value, radix: 16)
        return switch scalar {
        case "\n": "\\n"
        case "\r": "\\r"
        case "\t": "\\t"
        case _ where scalar.value < 0x10: "\\x0" + hexadecimal
        case _ where scalar.value < 0x100: "\\x" + hexadecimal
        default: "\\u{\(hexadecimal)}"
        }
    }
}
