/// How a result is written.
package enum OutputFormat: String, CaseIterable, Hashable, Sendable {
    /// Columns for people.
    case table
    /// RFC 4180.
    case csv
    /// One array of objects.
    case json
    /// One object a line.
    case ndjson
    /// A table of GitHub flavoured Markdown.
    case markdown
}
