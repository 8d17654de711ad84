/// Words with figures between them: `"\(count: 3) of \(count: 7) were refused"`.
package struct Sentence: Hashable, Sendable, ExpressibleByStringInterpolation {
    /// The figures and the words between them, words as `text`.
    package private(set) var parts: [Figure]

    package init(stringLiteral value: String) { parts = [.text(value)] }

    package init(stringInterpolation: Interpolation) { parts = stringInterpolation.parts }

    /// One behind the other.
    package static func + (left: Sentence, right: Sentence) -> Sentence {
        var both = left
        both.parts += right.parts
        return both
    }

    /// The text, with figures written by who chooses characters.
    package func text(_ write: (Figure) -> String) -> String {
        parts.map { part in
            if case .text(let text) = part { text } else { write(part) }
        }.joined()
    }

    /// How a sentence is put together.
    package struct Interpolation: StringInterpolationProtocol {
        fileprivate var parts: [Figure] = []

        package init(literalCapacity: Int, interpolationCount: Int) {}

        package mutating func appendLiteral(_ literal: String) {
            if !literal.isEmpty { parts.append(.text(literal)) }
        }

        package mutating func appendInterpolation(_ text: String) { parts.append(.text(text)) }

        package mutating func appendInterpolation(_ sentence: Sentence) { parts += sentence.parts }

        package mutating func appendInterpolation(count: Int64) { parts.append(.count(count)) }

        /// A count and its noun.
        package mutating func appendInterpolation(
            count: Int64, _ one: String, many: String? = nil
        ) {
            parts += [.count(count), .text(" " + (count == 1 ? one : many ?? one + "s"))]
        }

        package mutating func appendInterpolation(share: Double) { parts.append(.share(share)) }

        package mutating func appendInterpolation(seconds: Double) {
            parts.append(.seconds(seconds))
        }

        package mutating func appendInterpolation(rate: Double) { parts.append(.rate(rate)) }

        package mutating func appendInterpolation(moment: Int64) { parts.append(.moment(moment)) }
    }
}
