/// A view that people read, with what its columns mean: the one place that says it.
package struct PublicView: Hashable, Sendable {
    /// A column of a view.
    package struct Column: Hashable, Sendable {
        package let name: String
        /// What its values are: `µs`, `octets`, `count`, `text`, …
        package let unit: String
        /// One sentence.
        package let meaning: String
    }

    package let name: String
    /// What a row is, one sentence.
    package let summary: String
    /// The column that says when a row begins, for `--since` and `--until`; nil for views
    /// without a time.
    package let start: String?
    /// The expression that says when a row ends; the same as `start` for a moment.
    package let finish: String?
    package let columns: [Column]

    /// `columns` are names apart by blanks; `meanings` overrides what the name says elsewhere.
    init(
        _ name: String, _ summary: String, start: String? = nil, finish: String? = nil,
        columns: String, meanings: [String: String] = [:]
    ) {
        self.name = name
        self.summary = summary
        self.start = start
        self.finish = finish ?? start
        self.columns = columns.split(separator: " ").map { word in
            let shared = ColumnMeanings.shared[String(word)] ?? ("", "")
            return Column(
                name: String(word), unit: shared.unit,
                meaning: meanings[String(word)] ?? shared.meaning)
        }
    }

    /// The view with this name.
    package static func named(_ name: String) throws -> PublicView {
        if let view = all.first(where: { $0.name == name }) { return view }
        let names = all.map(\.name).joined(separator: ", ")
        throw QueryError(.noSuchView, "cannot find a view '\(name)': try one of \(names)")
    }
}
