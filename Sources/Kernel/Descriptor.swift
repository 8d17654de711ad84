internal import Glibc

/// An open file descriptor, closed when it goes.
struct Descriptor: ~Copyable {
    /// The number.
    let number: Int32

    /// Takes over a descriptor that is open.
    init(owning number: Int32) { self.number = number }

    /// Opens a path, relative to a directory if one is given. Close-on-exec is always set.
    init(
        opening path: String, flags: Int32 = O_RDONLY, in directory: Int32 = AT_FDCWD,
        mode: mode_t = 0o644
    ) throws(KernelError) {
        // The path is a C string for the length of the call.
        let answer = SystemCall.attempt {
            unsafe openat(directory, path, flags | O_CLOEXEC, mode)
        }
        guard answer.succeeded else {
            throw KernelError(call: "open", object: path, errno: answer.errno)
        }
        number = Int32(answer.value)
    }

    deinit { close(number) }

    /// Reads once into the array's storage; the number of octets, 0 at the end.
    func read(into buffer: inout [UInt8], from offset: Int = 0) -> SystemCall.Answer {
        let number = number
        return unsafe buffer.withUnsafeMutableBytes { storage in
            // The array's storage outlives the call, and the count is what is left of it.
            SystemCall.attempt {
                unsafe Glibc.read(
                    number, storage.baseAddress.map { unsafe $0 + offset }, storage.count - offset)
            }
        }
    }

    /// Reads once from a place of the file into the array's storage, the file's own position left
    /// alone.
    func read(into buffer: inout [UInt8], from offset: Int, at place: Int) -> SystemCall.Answer {
        let number = number
        return unsafe buffer.withUnsafeMutableBytes { storage in
            // The array's storage outlives the call, and the count is what is left of it.
            SystemCall.attempt {
                unsafe pread(
                    number, storage.baseAddress.map { unsafe $0 + offset }, storage.count - offset,
                    off_t(place))
            }
        }
    }
}
