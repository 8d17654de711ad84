import Glibc

/// What a write-ahead log committed, found as SQLite finds it: frames count as long as salt and
/// running checksum fit, up to the last that ends a transaction.
/// https://www.sqlite.org/fileformat2.html, section 4.
final class WriteAheadLog {
    private static let headerSize = 32
    private static let frameHeaderSize = 24

    let pageSize: Int
    /// Pages of the database after the last transaction; 0 where there is none.
    private(set) var pageCount = 0
    /// Frames behind the last transaction that are of this log.
    private(set) var unfinishedFrames = 0
    private let descriptor: Int32
    private var places: [Int: Int] = [:]

    /// nil where there is no log, or nothing that can be used.
    init?(path: String) {
        // The path lives as long as the call.
        descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        guard let header = PageFile.octets(of: descriptor, at: 0, count: Self.headerSize),
            let magic = header.number(at: 0, octets: 4), magic & ~1 == 0x377f_0682,
            let size = PageFile.pageSize(header.number(at: 8, octets: 4) ?? 0)
        else {
            close(descriptor)
            return nil
        }
        pageSize = size
        var sum = Checksum(isBigEndian: magic & 1 == 1)
        sum.add(header[..<24])
        guard sum.stands(in: header, at: 24) else { return }
        gather(salt: header[16..<24], sum)
    }

    deinit { close(descriptor) }

    /// A page as the last transaction left it; nil where the log does not have it.
    func page(_ number: Int) -> [UInt8]? {
        places[number].flatMap { PageFile.octets(of: descriptor, at: $0, count: pageSize) }
    }

    private func gather(salt: ArraySlice<UInt8>, _ start: Checksum) {
        var sum = start
        var open: [Int: Int] = [:]
        var isWhole = true
        var place = Self.headerSize
        let length = Self.frameHeaderSize + pageSize
        while let frame = PageFile.octets(of: descriptor, at: place, count: length),
            frame[8..<16] == salt
        {
            unfinishedFrames += 1
            sum.add(frame[..<8])
            sum.add(frame[Self.frameHeaderSize...])
            isWhole = isWhole && sum.stands(in: frame, at: 16)
            if isWhole, let number = frame.number(at: 0, octets: 4) {
                open[number] = place + Self.frameHeaderSize
                if let pages = frame.number(at: 4, octets: 4), pages > 0 {
                    places.merge(open) { $1 }
                    open = [:]
                    pageCount = pages
                    unfinishedFrames = 0
                }
            }
            place += length
        }
        // A frame that is cut short: a log that SQLite wrote ends with a whole one.
        if PageFile.octets(of: descriptor, at: place, count: 1) != nil,
            PageFile.octets(of: descriptor, at: place, count: length) == nil
        {
            unfinishedFrames += 1
        }
    }
}

/// The log's running checksum over pairs of 32-bit words.
private struct Checksum {
    let isBigEndian: Bool
    private var first: UInt32 = 0
    private var second: UInt32 = 0

    init(isBigEndian: Bool) { self.isBigEndian = isBigEndian }

    /// Adds octets, eight at a time.
    mutating func add(_ octets: ArraySlice<UInt8>) {
        var place = octets.startIndex
        while place + 8 <= octets.endIndex {
            first &+= word(octets, place) &+ second
            second &+= word(octets, place + 4) &+ first
            place += 8
        }
    }

    /// Whether these eight octets, always big-endian, are this sum.
    func stands(in octets: [UInt8], at offset: Int) -> Bool {
        octets.number(at: offset, octets: 4) == Int(first)
            && octets.number(at: offset + 4, octets: 4) == Int(second)
    }

    private func word(_ octets: ArraySlice<UInt8>, _ place: Int) -> UInt32 {
        let (a, b) = (UInt32(octets[place]), UInt32(octets[place + 1]))
        let (c, d) = (UInt32(octets[place + 2]), UInt32(octets[place + 3]))
        return isBigEndian ? a << 24 | b << 16 | c << 8 | d : d << 24 | c << 16 | b << 8 | a
    }
}
