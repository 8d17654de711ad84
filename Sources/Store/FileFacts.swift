import Glibc

/// What the system tells of a file.
struct FileFacts: Equatable {
    let bytes: Int64
    let isFolder: Bool
    /// When it was last written, µs since 1970.
    let modified: Int64
    private let device: UInt64
    private let inode: UInt64

    /// nil when it cannot be found; errno says why.
    init?(path: String) {
        var status = stat()
        // stat fills the struct that is passed; nothing keeps the pointer.
        guard unsafe stat(path, &status) == 0 else { return nil }
        bytes = Int64(status.st_size)
        isFolder = status.st_mode & S_IFMT == S_IFDIR
        modified =
            Int64(status.st_mtim.tv_sec) * 1_000_000 + Int64(status.st_mtim.tv_nsec) / 1000
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
    }

    /// Whether both are of one file, whatever its size.
    func isSameFile(as other: FileFacts) -> Bool { device == other.device && inode == other.inode }

    /// Whether the file's header names the write-ahead log as its journal (octets 18 and 19 are 2,
    /// https://www.sqlite.org/fileformat2.html, section 1.3).
    static func isWriteAhead(path: String) -> Bool {
        guard let header = header(of: path) else { return false }
        return header[18] == 2
    }

    /// Whose database the file's header says it is (octets 68 to 71); nil for a shorter file.
    static func applicationID(path: String) -> Int64? {
        header(of: path)?.number(at: 68, octets: 4).map { Int64($0) }
    }

    /// The first 100 octets.
    private static func header(of path: String) -> [UInt8]? {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        return PageFile.octets(of: descriptor, at: 0, count: 100)
    }
}
