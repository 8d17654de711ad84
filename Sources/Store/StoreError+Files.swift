extension StoreError {
    /// Another program's database.
    static func foreign(_ action: String, _ path: String) -> StoreError {
        StoreError(
            .foreign, action, path, "it is a database of another program",
            try: "the path of a recording")
    }

    /// A file of a later version of this program.
    static func newer(_ action: String, _ path: String, version: Int64) -> StoreError {
        StoreError(
            .newer, action, path, "a later socktape wrote it (schema \(version))",
            try: "that version, or a later one")
    }

    /// A file of an earlier version of this program.
    static func older(_ action: String, _ path: String, version: Int64) -> StoreError {
        StoreError(
            .older, action, path, "an earlier socktape wrote it (schema \(version))",
            try: "recording into it once with this version, or reading it with that one")
    }

    /// A recording that somebody changed.
    static func altered(_ action: String, _ path: String, object: String) -> StoreError {
        StoreError(
            .altered, action, path, "its '\(object)' is not as socktape made it",
            try: "the recording as it was recorded, or 'sqlite3' if you trust who gave it to you")
    }

    /// A file that is not at its path any more.
    static func displaced(_ action: String, _ path: String) -> StoreError {
        StoreError(
            .displaced, action, path, "it was removed or replaced while it was being recorded",
            try: "`socktape snapshot` for a copy, and leaving the file where it is")
    }

    /// A file with nothing in it.
    static func empty(_ action: String, _ path: String) -> StoreError {
        StoreError(.empty, action, path, "it is empty", try: "recording into it first")
    }

    /// A file whose log cannot be joined.
    static func needsWriteAccess(_ path: String, code: Int32?) -> StoreError {
        StoreError(
            .needsWriteAccess, "read", path,
            "it is being recorded, or was not closed, and its folder cannot be written",
            try: "as the user who records, or a copy made by `socktape snapshot`", code: code)
    }
}
