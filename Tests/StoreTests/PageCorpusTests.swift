import Foundation
import Testing

@testable import Store

@Suite("The fuzzing corpus of pages")
struct PageCorpusTests {
    private static let folder = URL(filePath: #filePath)
        .appending(path: "../../../Fuzz/corpus/pages").standardized

    @Test("has two cells in one place: neither is believed")
    func overlap() throws {
        var page = [UInt8](repeating: 0, count: 4096)
        // A leaf of a table with three cells; the last two are the same place.
        page.replaceSubrange(
            0..<14, with: [13, 0, 0, 0, 3, 0, 0, 0, 0x0f, 0, 0x0f, 0x10, 0x0f, 0x10])
        // Three octets of record, row 1 and row 2: a number of one octet, 7.
        page.replaceSubrange(0x0f00..<0x0f05, with: [3, 1, 2, 1, 7])
        page.replaceSubrange(0x0f10..<0x0f15, with: [3, 2, 2, 1, 7])
        let made = try #require(TreePage(page, number: 2))
        #expect(made.cells.map(\.rowID) == [1])
        #expect(made.isDamaged)
    }

    @Test("is made out as far as it can be, and never beyond a page")
    func everyFile() throws {
        let files = try FileManager.default.contentsOfDirectory(
            at: Self.folder, includingPropertiesForKeys: nil)
        #expect(files.count >= 4)
        var rows = 0
        for file in files {
            let octets = Array(try Data(contentsOf: file))
            _ = StoredRecord.values(octets)
            for cell in TreePage(octets, number: 2)?.cells ?? [] {
                #expect(cell.extent.upperBound <= octets.count)
                #expect(cell.local.count <= cell.payloadCount)
                rows += StoredRecord.values(Array(octets[cell.local])) == nil ? 0 : 1
            }
        }
        #expect(rows > 50)
    }
}
