import Kernel
import Model
import Recorder
import Store

/// The file that a recorder writes, locked against other recorders for as long as it is held.
final class HeldFile {
    private let store: RecordingStore
    private let lock: FileLock
    /// What a person should know of the file before it is recorded into.
    private let notices: [String]

    /// Locks and opens a recording's file, made if it is missing, and anew if it is proved damaged.
    init(_ path: String) throws {
        let first = try FileLock(path)
        let displaced: Displaced?
        (store, displaced) = try RecordingStore.open(
            replacingDamaged: path, now: KernelClock().now().wall / 1000)
        if displaced != nil {
            // The lock went with the file that was moved.
            first.release()
            lock = try FileLock(path)
        } else {
            lock = first
        }
        notices =
            (displaced.map { [Self.text(of: $0)] } ?? [])
            + (try store.unended()).map { recording in
                "recording \(recording) was not closed: its recorder or the host crashed; it ends at "
                    + "its last sample"
            }
    }

    private static func text(of displaced: Displaced) -> String {
        "the file is damaged (\(displaced.proof)): it is now \(displaced.path), and a new one begins; "
            + "'socktape check --repair' carries what can be read of it into a file of its own"
    }

    /// Tells what was found, and keeps the file within a policy from now on.
    func retain(_ policy: RetentionPolicy, telling observer: any RecorderObserver) {
        for notice in notices { observer.notice(notice) }
        store.retain(policy) { observer.notice($0) }
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

    func release() { lock.release() }

    var fileBytes: Int64? { store.fileBytes }
    var logBytes: Int64? { store.logBytes }

    /// Whether a write may succeed later, and what the view `gaps` calls it.
    func trouble(_ error: any Error) -> SinkTrouble {
        guard let error = error as? StoreError else { return .final }
        return switch error.kind {
        case .full: .passing("disk full")
        case .limited: .passing("size limit")
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
