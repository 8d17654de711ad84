/// What there is, for SQL that names what there is not.
enum KnownNames {
    /// What to try where SQLite says that a name is none.
    static func remedy(_ message: String, in sql: String?) -> String {
        let schema = "try 'socktape schema' for views and columns"
        if message.hasPrefix("no such table: ") {
            return "try one of " + PublicView.all.map(\.name).joined(separator: ", ")
        }
        guard message.hasPrefix("no such column: "), let sql else { return schema }
        let words = Set(
            sql.lowercased().split { !$0.isLetter && !$0.isNumber && $0 != "_" }.map(String.init))
        let views = PublicView.all.filter { words.contains($0.name) }
        guard !views.isEmpty else { return schema }
        let columns = views.map { view in
            "\(view.name) has " + view.columns.map(\.name).joined(separator: ", ")
        }
        return "try one of those that there are: " + columns.joined(separator: "; ")
    }
}
