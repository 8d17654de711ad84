internal import Glibc

/// What the kernel says of the file system that holds a path.
package enum FileSystem {
    /// Octets that an unprivileged process can still write there.
    package static func freeOctets(at path: String) throws(KernelError) -> Int64 {
        var status = statvfs()
        // The path is a C string and the struct on the stack for the length of the call.
        try SystemCall.perform("look at the file system of", on: path) {
            unsafe statvfs(path, &status)
        }
        let octets = UInt64(status.f_bavail).multipliedReportingOverflow(
            by: UInt64(status.f_frsize))
        return octets.overflow ? .max : Int64(clamping: octets.partialValue)
    }

    /// Makes a folder and those above it, where they are missing.
    package static func makeFolders(_ path: String) throws(KernelError) {
        var end = path.startIndex
        while end < path.endIndex {
            end = path[path.index(after: end)...].firstIndex(of: "/") ?? path.endIndex
            let folder = String(path[..<end])
            // The path is a C string for the length of the call.
            let answer = SystemCall.attempt { unsafe mkdir(folder, 0o750) }
            guard answer.succeeded || answer.errno == EEXIST else {
                throw KernelError(call: "make the folder", object: folder, errno: answer.errno)
            }
        }
    }
}
