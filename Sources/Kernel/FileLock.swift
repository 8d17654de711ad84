internal import Glibc
internal import Wire

/// A lock on a file that one process holds at a time: flock(2), gone with its holder.
package final class FileLock {
    /// Why a lock was not had.
    package enum Refusal: Error, Equatable, Sendable {
        /// Another process holds it; nil when /proc does not tell which.
        case held(path: String, by: Int32?)
        /// The file cannot be opened, made or locked.
        case failed(KernelError)
    }

    private var descriptor: Descriptor?

    /// Opens the file, made empty if it is missing, and locks it without waiting.
    package init(_ path: String) throws(Refusal) {
        let file: Descriptor
        do {
            file = try Descriptor(opening: path, flags: O_RDWR | O_CREAT, mode: 0o640)
        } catch {
            throw .failed(Self.cannotCreate(path, error.errno))
        }
        do {
            let number = file.number
            try SystemCall.perform("lock", on: path) { flock(number, LOCK_EX | LOCK_NB) }
            descriptor = consume file
        } catch {
            guard error.errno == EWOULDBLOCK else { throw .failed(error) }
            throw .held(path: path, by: Self.holder(of: path))
        }
    }

    private static func cannotCreate(_ path: String, _ number: Int32) -> KernelError {
        let remedy =
            switch number {
            case EACCES, EPERM, EROFS: "try as the user who owns it, or a path that can be written"
            case EISDIR: "try the path of a file"
            default: "try a path in a folder that exists and can be written"
            }
        let isThere = number != EISDIR && (try? FileStatus(path)) != nil
        return KernelError(
            call: isThere ? "open" : "create", object: path, errno: number, remedy: remedy)
    }

    /// Gives the lock up.
    package func release() { descriptor = nil }

    /// The process that holds the lock on a file; nil when none does or /proc does not tell.
    package static func holder(of path: String) -> Int32? {
        var files = Files()
        guard let status = try? FileStatus(path), let text = files.content("/proc/locks") else {
            return nil
        }
        return FileLocks.flockHolder(
            of: status.inode, major: status.device.major, minor: status.device.minor, in: text)
    }
}

extension FileLock.Refusal: CustomStringConvertible {
    /// One line that names the holder and the remedy.
    package var description: String {
        switch self {
        case .held(let path, let pid?):
            "cannot lock \(path): process \(pid) holds it; stop that one, or try another file"
        case .held(let path, nil):
            "cannot lock \(path): another process holds it; stop that one, or try another file"
        case .failed(let error): "\(error)"
        }
    }
}
