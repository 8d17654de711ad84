import Kernel
import Model
import Recorder
import Store

/// The file that a recorder writes, locked against other recorders for as long as it is held.
final class HeldFile {
    private let store: RecordingStore
    private let lock: FileLock

    /// Locks and opens a recording's file, made if it is missing.
    init(_ path: String) throws {
        lock = try FileLock(path)
        store = try RecordingStore(path: path)
    }

    func begin(_ recording: RecordingRecord) throws -> NextIdentifiers {
        try store.begin(recording)
    }

    func write(_ sample: SampleRecord?, changes: [Change]) throws {
        try store.write(sample, changes: changes)
    }

    func end(atMicroseconds moment: Int64, reason: String) throws {
        try store.end(atMicroseconds: moment, reason: reason)
    }

    var fileBytes: Int64? { store.fileBytes }

    /// Whether a write may succeed later, and what the view `gaps` calls it.
    func trouble(_ error: any Error) -> SinkTrouble {
        guard let error = error as? StoreError else { return .final }
        return switch error.kind {
        case .full: .passing("disk full")
        case .inputOutput: .passing("input/output error")
        case .busy: .passing("locked")
        case .notPermitted: .passing("read-only")
        case .cannotCreate: .passing("cannot be opened")
        case .cancelled: .passing("interrupted")
        case .displaced: .lost("file removed")
        case .damaged, .notADatabase: .lost("file damaged")
        default: .final
        }
    }
}
