// Built together with the files of Sources/Store/Salvage that read a database's octets.

/// Feeds whatever libFuzzer makes up to what reads the pages and rows of a damaged recording.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzPages(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let octets = Array(UnsafeBufferPointer(start: start, count: count))
    if let values = StoredRecord.values(octets) {
        precondition(values.count <= count, "more values than octets")
    }
    for number in 1...2 {
        guard let page = TreePage(octets, number: number) else { continue }
        var last = 0
        for cell in page.cells.sorted(by: { $0.extent.lowerBound < $1.extent.lowerBound }) {
            precondition(cell.extent.lowerBound >= last, "two cells in one place")
            precondition(cell.extent.upperBound <= count, "a cell beyond its page")
            precondition(cell.local.count <= cell.payloadCount, "more here than in all")
            last = cell.extent.upperBound
            _ = StoredRecord.values(Array(octets[cell.local]))
        }
    }
    return 0
}
