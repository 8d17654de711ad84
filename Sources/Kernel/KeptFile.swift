internal import Glibc

/// A file of /proc that is opened once and read again and again. One of /proc/net stays in the
/// network namespace where it was opened, whoever reads it.
struct KeptFile: ~Copyable {
    private let descriptor: Descriptor

    /// Opens the file; throws what the kernel says.
    init(_ path: String) throws(KernelError) { descriptor = try Descriptor(opening: path) }

    /// The whole content as it is now; nil when it cannot be read.
    func content(_ buffer: inout [UInt8]) -> [UInt8]? {
        var length = 0
        while true {
            if length == buffer.count { buffer += [UInt8](repeating: 0, count: buffer.count) }
            let answer = descriptor.read(into: &buffer, from: length, at: length)
            guard answer.succeeded else { return nil }
            guard answer.value > 0 else { return Array(buffer[..<length]) }
            length += answer.value
        }
    }
}
