internal import Glibc

/// Small files of /proc and /sys, read whole.
struct Files {
    private var buffer = [UInt8](repeating: 0, count: 16 << 10)

    /// The content of a file; nil when it cannot be read.
    mutating func content(_ path: String, in directory: Int32 = AT_FDCWD) -> [UInt8]? {
        guard let file = try? Descriptor(opening: path, in: directory) else { return nil }
        var length = 0
        while true {
            if length == buffer.count { buffer += [UInt8](repeating: 0, count: buffer.count) }
            let answer = file.read(into: &buffer, from: length)
            guard answer.succeeded else { return nil }
            guard answer.value > 0 else { return Array(buffer[..<length]) }
            length += answer.value
        }
    }

    /// The content as text, without white space at its ends.
    mutating func text(_ path: String) -> String? {
        guard let octets = content(path) else { return nil }
        let blank: (UInt8) -> Bool = { $0 <= 0x20 }
        let start = octets.firstIndex { !blank($0) } ?? octets.endIndex
        let end = octets.lastIndex { !blank($0) }.map { $0 + 1 } ?? start
        return String(decoding: octets[start..<end], as: UTF8.self)
    }
}

extension Files {
    /// Where a symbolic link leads; nil when that is hidden or it is none.
    static func target(_ path: String) -> String? {
        var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let length = unsafe buffer.withUnsafeMutableBytes { storage in
            // The path is a C string and the storage outlives the call.
            guard let start = storage.baseAddress else {
                return SystemCall.Answer(value: -1, errno: EINVAL)
            }
            return SystemCall.attempt { unsafe readlink(path, start, storage.count) }
        }
        guard length.succeeded else { return nil }
        return String(decoding: buffer[..<length.value], as: UTF8.self)
    }
}
