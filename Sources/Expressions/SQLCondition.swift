package import Model

/// A condition for a WHERE clause, with `?` for each argument.
package struct SQLCondition: Hashable, Sendable {
    /// The text, safe to be put between parentheses; `1` when everything is wanted.
    package var text: String
    /// What is bound to each `?`, in order.
    package var arguments: [Cell]

    package init(text: String = "1", arguments: [Cell] = []) {
        self.text = text
        self.arguments = arguments
    }

    /// Holds if every one holds.
    package static func every(_ conditions: [SQLCondition]) -> SQLCondition {
        joined(conditions, by: " AND ") ?? SQLCondition()
    }

    /// Holds if any one holds; nil when there is none to choose from.
    static func any(_ conditions: [SQLCondition]) -> SQLCondition? {
        guard conditions.count > 1, let joined = joined(conditions, by: " OR ") else {
            return conditions.first
        }
        return SQLCondition(text: "(\(joined.text))", arguments: joined.arguments)
    }

    private static func joined(_ conditions: [SQLCondition], by word: String) -> SQLCondition? {
        guard !conditions.isEmpty else { return nil }
        return SQLCondition(
            text: conditions.map(\.text).joined(separator: word),
            arguments: conditions.flatMap(\.arguments))
    }
}
