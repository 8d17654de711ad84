import Glibc

/// Lines, written at once: a reader at the other end of a pipe waits for them.
enum Output {
    /// Writes to standard output.
    static func line(_ text: String) { write(text, to: 1) }

    /// Writes to standard error.
    static func complaint(_ text: String) { write(text, to: 2) }

    private static func write(_ text: String, to descriptor: Int32) {
        var left = Array("\(text)\n".utf8)[...]
        while !left.isEmpty {
            let count = left.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno != EINTR { return }
            left = left.dropFirst(max(0, count))
        }
    }
}
