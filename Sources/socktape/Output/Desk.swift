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
        _ database: DatabaseOptions, _ options: OutputOptions, in surroundings: Surroundings,
        _ body: (Desk) throws -> Void
    ) throws {
        let page = try Page(options, in: surroundings)
        let reader = try surroundings.reader(database.path(in: surroundings))
        try reader.read { session in
            try body(Desk(session: session, page: page, surroundings: surroundings))
        }
        try page.finish()
    }

    /// Writes an answer.
    func show(_ question: Question, layout: RenderOptions.Layout = .rows) throws {
        try page.show(
            try session.rows(question), shown: question.shown, layout: layout)
    }

    /// Tells a person something beside the data.
    func note(_ text: String) throws { try page.note(text) }
}

extension Surroundings {
    /// Opens a recording whose answers Ctrl-C can end.
    func reader(_ path: String) throws -> Reader {
        try Reader(
            path: path, cancellation: cancellation,
            isInPrefix: { AddressPrefix.holds(address: $0, prefix: $1, length: $2) })
    }
}
