import Foundation

/// A path for a new file, in a folder that goes with its owner.
final class TemporaryFile {
    let path: String
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("socktape-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        path = folder.appendingPathComponent("night.sqlite").path
    }

    deinit { try? FileManager.default.removeItem(at: folder) }
}
