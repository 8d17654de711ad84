import Foundation
import Model
import Queries

/// The hand-made recording in a file of its own, opened for reading.
final class Night {
    let path: String
    private let folder: URL

    init(ending: Bool = true, steps: [(Double, Int64)] = []) throws {
        folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("socktape-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        path = folder.appendingPathComponent("night.sqlite").path
        try RecordedNight.record(into: path, ending: ending, steps: steps)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// The whole recording.
    var whole: Scope {
        Scope(AxisRange(since: RecordedNight.start, until: RecordedNight.end))
    }

    func rows(_ question: Question) throws -> [[Cell]] {
        try Reader(path: path).read { try $0.all(question) }
    }

    /// The whole answer to SQL that a person typed.
    func rows(typed sql: String) throws -> [[Cell]] {
        try Reader(path: path).read { session in
            let cursor = try session.rows(of: sql)
            var rows: [[Cell]] = []
            while let row = try cursor.next() { rows.append(row) }
            return rows
        }
    }
}
