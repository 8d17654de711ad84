internal import Glibc

/// What stat(2) says of a file, as far as it matters here.
struct FileStatus {
    let inode: UInt64
    let size: Int64
    /// The device that holds the file, as major and minor number.
    let device: (major: UInt32, minor: UInt32)

    /// Of a path, relative to a directory if one is given.
    init(_ path: String, in directory: Int32 = AT_FDCWD) throws(KernelError) {
        var status = stat()
        // The path is a C string and the struct on the stack for the length of the call.
        try SystemCall.perform("stat", on: path) { unsafe fstatat(directory, path, &status, 0) }
        self.init(status)
    }

    /// Of an open descriptor.
    init(descriptor: Int32) throws(KernelError) {
        var status = stat()
        // The struct is on the stack for the length of the call.
        try SystemCall.perform("stat", on: "descriptor \(descriptor)") {
            unsafe fstat(descriptor, &status)
        }
        self.init(status)
    }

    private init(_ status: stat) {
        inode = UInt64(status.st_ino)
        size = Int64(status.st_size)
        // The C library's encoding of device numbers (gnu_dev_major, gnu_dev_minor).
        let number = UInt64(status.st_dev)
        device = (
            UInt32(truncatingIfNeeded: (number >> 8 & 0xfff) | (number >> 32 & ~0xfff)),
            UInt32(truncatingIfNeeded: (number & 0xff) | (number >> 12 & ~0xff))
        )
    }
}
