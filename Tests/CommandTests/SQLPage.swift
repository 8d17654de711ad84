import Foundation
import Testing

/// docs/sql.md, question by question.
enum SQLPage {
    /// A heading with its statement.
    struct Asked: Sendable, CustomTestStringConvertible {
        var section: String
        var title: String
        var sql: String
        /// Prose between the heading and the statement.
        var remark: String

        var testDescription: String { title }

        /// A name for a program: `which-connects-failed-and-how`.
        var slug: String {
            title.lowercased().filter { $0.isLetter || $0.isNumber || $0 == " " || $0 == "-" }
                .replacing(" ", with: "-")
        }
    }

    static let questions: [Asked] = (try? read()) ?? []

    private static func read() throws -> [Asked] {
        var questions: [Asked] = []
        var section = ""
        var isSQL = false
        for line in try Repository.text("docs/sql.md").components(separatedBy: "\n") {
            if line.hasPrefix("## ") { section = String(line.dropFirst(3)) }
            if line.hasPrefix("### ") {
                questions.append(
                    Asked(
                        section: section, title: String(line.dropFirst(4)), sql: "", remark: ""))
                continue
            }
            guard let last = questions.indices.last, !line.hasPrefix("## ") else { continue }
            if line.hasPrefix("```") {
                isSQL = line == "```sql"
            } else if isSQL {
                questions[last].sql += line + "\n"
            } else if !line.isEmpty {
                questions[last].remark += (questions[last].remark.isEmpty ? "" : " ") + line
            }
        }
        return questions
    }
}
