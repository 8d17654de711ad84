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
}
