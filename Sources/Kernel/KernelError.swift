internal import Glibc

/// A system call that failed, on what, and what the kernel says.
package struct KernelError: Error, Equatable, Sendable {
    /// The name of the call.
    package var call: String
    /// What it was called on: a path, or the kind of a socket.
    package var object: String
    /// The errno, 0 when no errno tells.
    package var errno: Int32
    /// What the errno means, or what else is wrong.
    package var message: String
    /// What would help; nil when nothing is known to.
    package var remedy: String?

    package init(
        call: String, object: String, errno: Int32, message: String? = nil, remedy: String? = nil
    ) {
        self.call = call
        self.object = object
        self.errno = errno
        self.message = message ?? Self.text(errno)
        self.remedy = remedy
    }

    /// Whether a missing privilege is the reason.
    package var isDenial: Bool { errno == EACCES || errno == EPERM }

    /// The C library's text for an errno.
    package static func text(_ number: Int32) -> String {
        // The text is the C library's own, of this thread, and is copied at once.
        guard let text = unsafe strerror(number) else { return "errno \(number)" }
        return unsafe String(cString: text)
    }
}

extension KernelError: CustomStringConvertible {
    /// One line that names the remedy, if there is one.
    package var description: String {
        let failure = "cannot \(call) \(object): \(message)"
        guard let remedy else { return failure }
        return "\(failure); \(remedy)"
    }
}
