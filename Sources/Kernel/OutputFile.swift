internal import Glibc

/// Where data goes: standard output, or a file that appears whole or not at all.
package final class OutputFile {
    private static let capacity = 64 << 10

    /// What the person calls it.
    package let name: String
    /// Whether a person watches: each line is handed over at once.
    package let isTerminal: Bool
    private let descriptor: Descriptor
    private var buffer: [UInt8] = []
    /// Where the octets go until `commit`; nil when they go straight to their place.
    private var temporary: String?
    private let target: String
    /// What its octets go through; nil where they are written as they are.
    private var gzip: GzipStream?

    /// Standard output or standard error, by number.
    private init(number: Int32, name: String) throws(KernelError) {
        let copy = try SystemCall.perform("open", on: name) { fcntl(number, F_DUPFD_CLOEXEC, 3) }
        descriptor = Descriptor(owning: Int32(copy))
        isTerminal = isatty(number) == 1
        self.name = name
        target = name
    }

    /// The process's standard output.
    package static func standardOutput() throws(KernelError) -> OutputFile {
        try OutputFile(number: STDOUT_FILENO, name: "standard output")
    }

    /// A file that takes the place of what has this path once it is committed. What is no regular
    /// file, such as a terminal or a pipe, is written to as it stands. A name that ends in `.gz`
    /// has it compressed.
    package init(replacing path: String) throws(KernelError) {
        name = path
        target = Files.resolved(path)
        gzip = path.hasSuffix(".gz") ? GzipStream() : nil
        let kind = FileKind(target)
        guard kind != .folder else {
            throw KernelError(
                call: "create", object: path, errno: EISDIR, remedy: "try the path of a file")
        }
        guard kind != .other else {
            descriptor = try Descriptor(opening: path, flags: O_WRONLY)
            isTerminal = isatty(descriptor.number) == 1
            return
        }
        let beside = "\(target).\(getpid()).partial"
        do {
            descriptor = try Descriptor(
                opening: beside, flags: O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, mode: 0o644)
        } catch {
            throw KernelError(
                call: "create", object: path, errno: error.errno,
                remedy: "try a path in a folder that exists and can be written")
        }
        temporary = beside
        isTerminal = false
    }

    deinit { discard() }

    /// Takes text; hands full buffers on.
    package func write(_ text: String) throws(KernelError) {
        buffer.append(contentsOf: text.utf8)
        if buffer.count >= Self.capacity || (isTerminal && text.hasSuffix("\n")) { try flush() }
    }

    /// Takes octets; hands full buffers on.
    package func write(_ octets: [UInt8]) throws(KernelError) {
        // What fills a buffer is not copied into one.
        if buffer.isEmpty { buffer = octets } else { buffer += octets }
        if buffer.count >= Self.capacity { try flush() }
    }

    /// Hands everything on; of what is compressed, what zlib gives so far.
    package func flush() throws(KernelError) {
        if let gzip { buffer = gzip.compressed(buffer, isLast: false) }
        try drain()
    }

    /// Writes what is in the buffer.
    private func drain() throws(KernelError) {
        var done = 0
        let number = descriptor.number
        while done < buffer.count {
            let answer = unsafe buffer.withUnsafeBytes { octets in
                // The array outlives the call, and the count is what is left of it.
                SystemCall.attempt {
                    unsafe Glibc.write(
                        number, octets.baseAddress.map { unsafe $0 + done }, octets.count - done)
                }
            }
            guard answer.succeeded else {
                // What is left goes nowhere, and must not be tried again.
                buffer.removeAll()
                throw failure(answer.errno)
            }
            done += answer.value
        }
        buffer.removeAll(keepingCapacity: true)
    }

    /// Hands everything on, and down to the disk.
    package func synchronize() throws(KernelError) {
        if let gzip {
            buffer = gzip.compressed(buffer, isLast: true)
            self.gzip = nil
        }
        try drain()
        guard temporary != nil else { return }
        let answer = SystemCall.attempt { fsync(descriptor.number) }
        guard answer.succeeded else { throw failure(answer.errno) }
    }

    private func failure(_ number: Int32) -> KernelError {
        let isFull = number == ENOSPC || number == EDQUOT
        return KernelError(
            call: "write", object: name, errno: number,
            remedy: isFull ? "try a path on a disk with room" : nil)
    }

    /// Hands everything on, and gives the file its name.
    package func commit() throws(KernelError) {
        try synchronize()
        guard let temporary else { return }
        // Both paths are C strings for the length of the call.
        try SystemCall.perform("write", on: name) { unsafe rename(temporary, target) }
        self.temporary = nil
    }

    /// Leaves nothing behind.
    package func discard() {
        guard let temporary else { return }
        // The path is a C string for the length of the call.
        _ = unsafe unlink(temporary)
        self.temporary = nil
    }
}

extension KernelError {
    /// Whether the reader of a pipe went away.
    package var isClosedPipe: Bool { errno == EPIPE }
}

/// What kind of thing has a path.
enum FileKind {
    case missing
    case regular
    case folder
    case other

    init(_ path: String) {
        var status = stat()
        // The path is a C string and the struct on the stack for the length of the call.
        guard unsafe stat(path, &status) == 0 else {
            self = .missing
            return
        }
        self =
            switch status.st_mode & S_IFMT {
            case S_IFREG: .regular
            case S_IFDIR: .folder
            default: .other
            }
    }
}

extension Files {
    /// Where a path leads when symbolic links are followed; the path itself when it leads nowhere.
    static func resolved(_ path: String) -> String {
        // The C library allocates the answer, which is copied and freed.
        guard let resolved = unsafe realpath(path, nil) else { return path }
        defer { unsafe free(resolved) }
        return unsafe String(cString: resolved)
    }
}
