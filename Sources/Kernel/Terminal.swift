internal import Glibc

/// The terminal that a person looks at.
package enum Terminal {
    /// Columns of the terminal behind standard output; nil when it is none.
    package static var columns: Int? {
        var size = winsize()
        // The struct is on the stack for the length of the call.
        let answer = unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size)
        return answer == 0 && size.ws_col > 0 ? Int(size.ws_col) : nil
    }

    /// Writes to standard error. What cannot be written is lost: there is nobody left to tell.
    package static func complain(_ text: String) {
        var text = text
        text.withUTF8 { octets in
            // The text outlives the call.
            _ = unsafe write(STDERR_FILENO, octets.baseAddress, octets.count)
        }
    }

    /// Lets a write to a closed pipe fail with EPIPE, not end the process.
    package static func ignoreClosedPipes() { signal(SIGPIPE, SIG_IGN) }
}
