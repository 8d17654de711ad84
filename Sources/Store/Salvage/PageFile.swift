import Glibc

/// The pages of a database file with what its write-ahead log committed put over them, read without
/// SQLite: it would stop at the first page that is broken, and could change the file. Layout:
/// https://www.sqlite.org/fileformat2.html.
final class PageFile {
    /// The octets with which every database file begins.
    private static let magic = Array("SQLite format 3\u{0}".utf8)

    /// Octets of a page.
    let pageSize: Int
    /// Pages in all, by the file's length and its log.
    let pageCount: Int
    /// Whether the first octets are a database's.
    let hasHeader: Bool
    /// What SQLite put into the log and did not finish, or what was torn later: frames of it.
    let unfinishedFrames: Int
    private let descriptor: Int32
    private let log: WriteAheadLog?

    /// Opens file and log for reading; throws only where the file itself cannot be opened.
    init(path: String) throws {
        // The path lives as long as the call.
        descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw StoreError(errno: errno, "read", path) }
        let start = Self.octets(of: descriptor, at: 0, count: 100) ?? []
        hasHeader = start.starts(with: Self.magic)
        let log = WriteAheadLog(path: path + "-wal")
        self.log = log
        let told = hasHeader ? Self.pageSize(start.number(at: 16, octets: 2) ?? 0) : nil
        let size = told ?? log?.pageSize ?? 4096
        pageSize = size
        let length = Int(lseek(descriptor, 0, SEEK_END))
        pageCount = max((length + size - 1) / size, log?.pageCount ?? 0)
        unfinishedFrames = log?.unfinishedFrames ?? 0
    }

    deinit { close(descriptor) }

    /// A page, counted from 1; nil where the disk or the file does not give it whole.
    func page(_ number: Int) -> [UInt8]? {
        guard number >= 1, number <= pageCount else { return nil }
        if let page = log?.page(number), page.count == pageSize { return page }
        return Self.octets(of: descriptor, at: (number - 1) * pageSize, count: pageSize)
    }

    /// A number of the file's header, four octets long; nil where there is no header.
    func headerNumber(at offset: Int) -> Int? {
        guard let page = page(1), page.starts(with: Self.magic) else { return nil }
        return page.number(at: offset, octets: 4)
    }

    /// The pages that are in no tree, as far as their list can be followed.
    func freePages() -> Set<Int> {
        var free: Set<Int> = []
        var trunk = headerNumber(at: 32) ?? 0
        while trunk > 0, free.insert(trunk).inserted, let page = page(trunk) {
            let count = min(page.number(at: 4, octets: 4) ?? 0, pageSize / 4 - 2)
            for place in 0..<max(0, count) {
                free.insert(page.number(at: 8 + 4 * place, octets: 4) ?? 0)
            }
            trunk = page.number(at: 0, octets: 4) ?? 0
        }
        return free
    }

    /// 1 stands for 65536; nil for what no page has.
    static func pageSize(_ told: Int) -> Int? {
        let size = told == 1 ? 65536 : told
        return size >= 512 && size <= 65536 && size & (size - 1) == 0 ? size : nil
    }

    /// So many octets, or nil.
    static func octets(of descriptor: Int32, at offset: Int, count: Int) -> [UInt8]? {
        var octets = [UInt8](repeating: 0, count: count)
        // pread writes at most the count of the array that it is given.
        let answer = unsafe pread(descriptor, &octets, count, offset)
        return answer == count ? octets : nil
    }
}
