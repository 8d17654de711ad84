import Foundation
import Testing

/// Texts that were looked at once and must not change unseen. `SOCKTAPE_RECORD=1` writes them anew.
enum Golden {
    /// Compares a text with the golden file of this name.
    static func expect(
        _ text: String, is name: String, at location: SourceLocation = #_sourceLocation
    ) throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "Goldens/\(name)")
        if ProcessInfo.processInfo.environment["SOCKTAPE_RECORD"] == "1" {
            try Data(text.utf8).write(to: file)
        }
        let golden = String(decoding: try Data(contentsOf: file), as: UTF8.self)
        #expect(text == golden, "differs from Goldens/\(name)", sourceLocation: location)
    }
}
