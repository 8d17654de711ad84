import Model

extension Question {
    /// What is counted beforehand for each part, and bound by these names.
    typealias Counts = @Sendable (Session, Buckets) throws -> [[String: Cell]]

    /// A question about a range or, where a length is given, about each part of it: the answers one
    /// below the other, each row behind the moment at which its part begins.
    static func parted(
        _ scope: Scope, _ length: Int64?, counts: Counts?, _ ask: (Scope) -> Question
    ) -> Question {
        let buckets = Buckets(scope.range, length)
        let parts = scope.parts(length)
        guard length != nil else {
            var question = ask(scope)
            if let counts {
                question.count = { session in try counts(session, buckets)[0] }
            }
            return question
        }
        let questions = parts.map(ask)
        let first = questions[0]
        let columns = [Column("from", kind: .moment)] + first.columns
        var question = Question(union(parts, questions), columns: columns)
        question.shown = [0] + (first.shown ?? Array(first.columns.indices)).map { $0 + 1 }
        question.direct = { session in
            let counted = try counts?(session, buckets)
            var rows: [[Cell]] = []
            for (number, part) in questions.enumerated() {
                var part = part
                part.arguments.merge(counted?[number] ?? [:]) { $1 }
                let from = Cell.integer(session.timeline.wall(parts[number].range.since))
                rows += try session.all(part).map { [from] + $0 }
            }
            return ArrayCursor(columns: columns, rows: rows)
        }
        return question
    }

    /// The same of a question that needs nothing counted.
    package static func parted(
        _ scope: Scope, _ length: Int64?, _ ask: (Scope) -> Question
    ) -> Question {
        parted(scope, length, counts: nil, ask)
    }

    /// The same as one statement.
    private static func union(_ parts: [Scope], _ questions: [Question]) -> String {
        zip(parts, questions).map { part, question in
            "SELECT \(part.range.since), * FROM (\n\(question.text.dropLast(2)))"
        }.joined(separator: "\nUNION ALL\n")
    }
}

extension Scope {
    /// The same of each part of the range, each so long, µs; of the whole where there is no length.
    package func parts(_ length: Int64?) -> [Scope] {
        Buckets(range, length).ranges.map { range in
            var part = self
            part.range = range
            return part
        }
    }
}
