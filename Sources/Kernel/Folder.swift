internal import Glibc

/// Folders that a command makes for its files.
package enum Folder {
    /// Makes a folder; false when it is there already.
    package static func make(_ path: String) throws(KernelError) -> Bool {
        // The path is a C string for the length of the call.
        let answer = SystemCall.attempt { unsafe mkdir(path, 0o755) }
        if answer.succeeded { return true }
        if answer.errno == EEXIST, FileKind(path) == .folder { return false }
        throw KernelError(
            call: "create", object: path, errno: answer.errno,
            remedy: "try a folder that can be written")
    }

    /// Removes a folder that holds nothing; leaves any other.
    package static func removeIfEmpty(_ path: String) {
        // The path is a C string for the length of the call.
        _ = unsafe rmdir(path)
    }
}
