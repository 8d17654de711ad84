internal import Glibc

/// A file that a person names and that is read whole.
package enum SmallFile {
    private static let most = 64 << 10

    /// Its octets, the first 64 KiB of them.
    package static func octets(_ path: String) throws(KernelError) -> [UInt8] {
        let file: Descriptor
        do {
            file = try Descriptor(opening: path)
        } catch {
            let call = error.errno == ENOENT ? "find" : "read"
            throw KernelError(
                call: call, object: path, errno: error.errno, remedy: "try the path of a file")
        }
        var buffer = [UInt8](repeating: 0, count: most)
        var length = 0
        while length < most {
            let answer = file.read(into: &buffer, from: length)
            guard answer.succeeded else {
                throw KernelError(
                    call: "read", object: path, errno: answer.errno,
                    remedy: "try the path of a file")
            }
            guard answer.value > 0 else { break }
            length += answer.value
        }
        return Array(buffer[..<length])
    }
}
