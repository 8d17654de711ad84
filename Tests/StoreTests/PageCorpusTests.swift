import Foundation
import Testing

@testable import Store

@Suite("The fuzzing corpus of pages")
struct PageCorpusTests {
    private static let folder = URL(filePath: #filePath)
        .appending(path: "../../../Fuzz/corpus/pages").standardized

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
