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

    /// Fills the places of standard input, output and error where they are closed, so that no file
    /// that is opened later gets their numbers and what is written to them. Using them fails as it
    /// would without: each is open for the wrong direction.
    package static func reserveStandardStreams() {
        for number in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO]
        where fcntl(number, F_GETFD) == -1 {
            // The path is a C string for the length of the call; the lowest free number is taken.
            _ = unsafe open("/dev/null", number == STDIN_FILENO ? O_WRONLY : O_RDONLY)
        }
    }

    /// Lets a write to a closed pipe fail with EPIPE, not end the process.
    package static func ignoreClosedPipes() { signal(SIGPIPE, SIG_IGN) }
}
