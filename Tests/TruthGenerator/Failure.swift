import Glibc

/// Why the truth cannot be made.
struct Failure: Error, CustomStringConvertible {
    /// What failed, on what, and why.
    let description: String

    /// A failure in words.
    init(_ description: String) { self.description = description }

    /// A failed system call; reads errno.
    init(call: String, on subject: String) {
        let code = errno
        description = "cannot \(call) \(subject): \(String(cString: strerror(code)))"
    }
}
