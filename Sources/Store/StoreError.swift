/// Why the store could not do something to a file.
package struct StoreError: Error, Equatable, Sendable {
    /// What a caller may want to tell apart.
    package enum Kind: Equatable, Sendable, CaseIterable {
        /// There is no such file.
        case missing
        /// The file may not be read, or is none.
        case unreadable
        /// A file without content.
        case empty
        case notADatabase
        /// Another program's database.
        case foreign
        /// Written by a later version of this program.
        case newer
        /// Written by an earlier version, and not yet brought up to date.
        case older
        case damaged
        /// A recording whose tables or views are not those that this program made.
        case altered
        /// In write-ahead mode, which the reader cannot join without write access to the folder.
        case needsWriteAccess
        /// The file or its folder may not be written.
        case notPermitted
        /// The file cannot be made.
        case cannotCreate
        /// The target of a copy is there already.
        case targetExists
        /// Another program holds the database locked.
        case busy
        /// The disk is full.
        case full
        /// The file may not take more.
        case limited
        /// Not at its path any more.
        case displaced
        /// The system could not read or write.
        case inputOutput
        case cancelled
        /// Anything else that SQLite refuses.
        case refused
    }

    package let kind: Kind
    /// What was tried: `read`, `write`, `create`, `copy`.
    package let action: String
    package let path: String
    package let reason: String
    package let remedy: String
    /// SQLite's extended result code, or the errno of a system call.
    package let code: Int32?
    /// The statement that failed.
    package let sql: String?

    init(
        _ kind: Kind, _ action: String, _ path: String, _ reason: String, try remedy: String,
        code: Int32? = nil, sql: String? = nil
    ) {
        self.kind = kind
        self.action = action
        self.path = path
        self.reason = reason
        self.remedy = remedy
        self.code = code
        self.sql = sql
    }
}

extension StoreError: CustomStringConvertible {
    /// One sentence: what could not be done, why, and what may help.
    package var description: String { "cannot \(action) \(path): \(reason); try \(remedy)" }
}
