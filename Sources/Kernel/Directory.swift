internal import CKernel
internal import Glibc
internal import Wire

/// An open directory, read in large pieces.
struct Directory: ~Copyable {
    private static let pieceOctets = 32 << 10
    private let descriptor: Descriptor

    /// Opens a directory, relative to another if one is given.
    init(_ path: String, in directory: Int32 = AT_FDCWD) throws(KernelError) {
        descriptor = try Descriptor(
            opening: path, flags: O_RDONLY | O_DIRECTORY, in: directory)
    }

    /// The descriptor's number.
    var number: Int32 { descriptor.number }

    /// Hands over each entry whose name is a number, from a place that an earlier entry told, with
    /// the name as a C string, until the body returns false. False if the body stopped it or the
    /// directory went away.
    @discardableResult
    func forEachNumber(
        from place: Int64 = 0, _ body: (DirectoryEntry, UInt64, UnsafePointer<CChar>) -> Bool
    ) -> Bool {
        let number = descriptor.number
        lseek(number, off_t(place), SEEK_SET)
        // A buffer for this walk alone, freed at its end; each name in it ends with a zero octet.
        return unsafe withUnsafeTemporaryAllocation(byteCount: Self.pieceOctets, alignment: 8) {
            buffer in
            while true {
                let answer = SystemCall.attempt {
                    unsafe kernel_getdents64(number, buffer.baseAddress, buffer.count)
                }
                guard answer.value > 0 else { return answer.succeeded }
                let piece = unsafe UnsafeRawBufferPointer(rebasing: buffer[..<answer.value])
                guard unsafe Self.forEachNumber(in: piece, body) else { return false }
            }
        }
    }

    /// The names of all entries that do not begin with a dot; empty when it cannot be read.
    func names() -> [String] {
        let number = descriptor.number
        lseek(number, 0, SEEK_SET)
        var names: [String] = []
        // A buffer for this walk alone, freed at its end.
        unsafe withUnsafeTemporaryAllocation(byteCount: Self.pieceOctets, alignment: 8) { buffer in
            while true {
                let answer = SystemCall.attempt {
                    unsafe kernel_getdents64(number, buffer.baseAddress, buffer.count)
                }
                guard answer.value > 0 else { return }
                let piece = unsafe UnsafeRawBufferPointer(rebasing: buffer[..<answer.value])
                var cursor = DirectoryCursor()
                // The cursor gives places within the piece only.
                while let entry = unsafe cursor.next(in: piece.bytes) {
                    let name = unsafe String(decoding: piece[entry.name], as: UTF8.self)
                    if !name.hasPrefix(".") { names.append(name) }
                }
            }
        }
        return names
    }

    private static func forEachNumber(
        in piece: UnsafeRawBufferPointer,
        _ body: (DirectoryEntry, UInt64, UnsafePointer<CChar>) -> Bool
    ) -> Bool {
        var cursor = DirectoryCursor()
        // The cursor gives places within the piece only.
        while let entry = unsafe cursor.next(in: piece.bytes) {
            guard let number = entry.number, let start = piece.baseAddress else { continue }
            let name = unsafe (start + entry.name.lowerBound).assumingMemoryBound(to: CChar.self)
            guard unsafe body(entry, number, name) else { return false }
        }
        return true
    }
}
