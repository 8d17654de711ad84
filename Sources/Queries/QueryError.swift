/// Why a question got no answer.
package struct QueryError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What kind of failure, from which an exit code follows.
    package enum Kind: Sendable {
        /// The SQL that a person typed is wrong.
        case statement
        /// The SQL that a person typed writes, attaches or changes a setting.
        case writes
        /// The recording is damaged, or lacks what the views promise.
        case damaged
        /// The file cannot be read.
        case input
        /// The file may not be read.
        case permission
        /// Somebody holds the file.
        case busy
        /// Ctrl-C.
        case interrupted
        /// It took longer than allowed.
        case timeout
        /// Nothing was recorded there.
        case nothingRecorded
        /// No such view.
        case noSuchView
    }

    package var kind: Kind
    /// What failed and why, and what to try: one line.
    package var description: String

    package init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }
}
