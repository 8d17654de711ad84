import Glibc

/// What the system tells of a file.
struct FileFacts: Equatable {
    let bytes: Int64
    let isFolder: Bool
    private let device: UInt64
    private let inode: UInt64

    /// nil when it cannot be found; errno says why.
    init?(path: String) {
        var status = stat()
        // stat fills the struct that is passed; nothing keeps the pointer.
        guard unsafe stat(path, &status) == 0 else { return nil }
        bytes = Int64(status.st_size)
        isFolder = status.st_mode & S_IFMT == S_IFDIR
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
    }

    /// Whether both are of one file, whatever its size.
    func isSameFile(as other: FileFacts) -> Bool { device == other.device && inode == other.inode }

    /// Whether the file's header names the write-ahead log as its journal (octets 18 and 19 are 2,
    /// https://www.sqlite.org/fileformat2.html, section 1.3).
    static func isWriteAhead(path: String) -> Bool {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var header = [UInt8](repeating: 0, count: 20)
        // read writes at most the count of the array that it is given.
        let count = unsafe read(descriptor, &header, header.count)
        return count == header.count && header[18] == 2
    }
}
