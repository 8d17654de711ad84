import Expressions
import Foundation
import Testing

@Suite("The fuzzing corpus of expressions")
struct CorpusTests {
    private static let folder = URL(filePath: #filePath)
        .appending(path: "../../../Fuzz/corpus/expressions").standardized

    @Test("is read or refused in one line")
    func everyFile() throws {
        let files = try FileManager.default.contentsOfDirectory(
            at: Self.folder, includingPropertiesForKeys: nil)
        #expect(files.count >= 20)
        let accepted = try files.map { file in
            RandomTextTests.readings(
                of: String(decoding: try Data(contentsOf: file), as: UTF8.self))
        }
        #expect(accepted.count { $0 > 0 } >= 15)
    }
}
