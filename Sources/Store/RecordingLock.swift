import Glibc

/// Says to other recorders that this one writes the file: an advisory lock (flock) that the kernel
/// lets go when the process ends, however it ends. SQLite's own locks are of another kind.
final class RecordingLock {
    private let descriptor: Int32

    /// Makes the file if there is none, and locks it.
    init(path: String) throws {
        // The path lives as long as the call.
        descriptor = Self.retrying { unsafe Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644) }
        guard descriptor >= 0 else { throw StoreError(errno: errno, "create", path) }
        guard Self.retrying({ flock(descriptor, LOCK_EX | LOCK_NB) }) == 0 else {
            let number = errno
            close(descriptor)
            guard number == EWOULDBLOCK else { throw StoreError(errno: number, "lock", path) }
            throw StoreError(
                .held, "record into", path, "another recorder holds it",
                try: "stopping that one, or another file", code: number)
        }
    }

    deinit { close(descriptor) }

    /// Whether a recorder holds the file. To be asked while this process has the file not open:
    /// closing any descriptor of a file drops SQLite's locks on it.
    static func isHeld(path: String) -> Bool {
        let descriptor = retrying { unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC) }
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return retrying { flock(descriptor, LOCK_SH | LOCK_NB) } != 0 && errno == EWOULDBLOCK
    }

    private static func retrying(_ call: () -> Int32) -> Int32 {
        while true {
            let result = call()
            if result >= 0 || errno != EINTR { return result }
        }
    }
}
