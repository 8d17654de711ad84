import Expressions
import Model
import Queries
import Rendering

/// Where a command works: one view of the recording on one side, a page on the other.
final class Desk {
    let session: Session
    let page: Page
    let surroundings: Surroundings

    init(session: Session, page: Page, surroundings: Surroundings) {
        self.session = session
        self.page = page
        self.surroundings = surroundings
    }

    /// Opens the output, then the recording, works, and gives the output its name.
    static func work(
        _ database: ReaderOptions, _ options: OutputOptions, in surroundings: Surroundings,
        anonymize: AnonymizeOptions? = nil, showsSQL: Bool = false, _ body: (Desk) throws -> Void
    ) throws {
        let page = try Page(
            options, hider: try anonymize?.hider(), showsSQL: showsSQL, in: surroundings)
        let reader = try surroundings.reader(database)
        try reader.read { session in
            try body(Desk(session: session, page: page, surroundings: surroundings))
        }
        try page.finish()
    }

    /// As above; where SQL is wanted, `show` writes it, and nothing else is written.
    static func work(
        _ database: ReaderOptions, _ options: AnswerOptions, in surroundings: Surroundings,
        _ body: (Desk) throws -> Void
    ) throws {
        try work(
            database, options.output, in: surroundings, anonymize: options.anonymize,
            showsSQL: options.sql, body)
    }

    /// Writes an answer, or the SQL that gives it where that is wanted.
    func show(_ question: Question, layout: RenderOptions.Layout = .rows) throws {
        guard !page.showsSQL else { return try page.write(question.text) }
        try page.show(
            try session.rows(question), shown: question.shown, layout: layout)
    }

    /// Writes an answer and counts its rows by the cells in these columns; `~` stands in the first
    /// column. nil where SQL is wanted.
    func show(_ question: Question, countedBy places: [Int]) throws -> CountedRows? {
        guard !page.showsSQL else {
            try page.write(question.text)
            return nil
        }
        let rows = CountedRows(try session.rows(question), by: places, mark: 0)
        try page.show(rows, shown: question.shown)
        return rows
    }

    /// Writes an answer; a person is not shown those of these columns that hold nothing but 0.
    func show(_ question: Question, ifAny names: Set<String>) throws {
        guard page.isForPeople else { return try show(question) }
        let rows = try session.all(question)
        let places = question.shown ?? Array(question.columns.indices)
        let shown = places.filter { place in
            !names.contains(question.columns[place].name)
                || rows.contains { $0[place] != .null && $0[place] != .integer(0) }
        }
        try page.show(ArrayCursor(columns: question.columns, rows: rows), shown: shown)
    }

    /// Tells a person something beside the data.
    func note(_ text: String) throws { try page.note(text) }
}

extension Surroundings {
    /// Opens a recording whose answers Ctrl-C can end, and --timeout.
    func reader(_ database: ReaderOptions) throws -> Reader {
        try database.limit(cancellation)
        return try Reader(
            path: database.path(in: self), cancellation: cancellation,
            isInPrefix: { AddressPrefix.holds(address: $0, prefix: $1, length: $2) })
    }
}
