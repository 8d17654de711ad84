package import Model

/// Where a recording goes. One thread at a time.
package protocol RecordingSink: AnyObject {
    /// Starts a recording, closes what an earlier one left open, and says where to count on.
    func begin(_ recording: RecordingRecord) throws -> NextIdentifiers

    /// Writes a sample and what it changed, all or nothing; a second time if the first failed.
    func write(_ sample: SampleRecord?, changes: [Change]) throws

    /// Ends the recording: what is still there becomes right-censored.
    func end(atMicroseconds: Int64, reason: String) throws

    /// Leaves the file to whoever opens it next.
    func release()

    /// Octets of the file, what is still in a log beside it included.
    var fileBytes: Int64? { get }

    /// Octets of the log beside the file, which a reader that stays keeps from shrinking.
    var logBytes: Int64? { get }

    /// What an error of the above means for what is still to be written.
    func trouble(_ error: any Error) -> SinkTrouble
}

/// Why a recording cannot be written.
package enum SinkTrouble: Equatable, Sendable {
    /// It may be possible again, as after `disk full`.
    case passing(String)
    /// Not into this file, as it was removed or is damaged: another one has to be begun.
    case lost(String)
    /// A defect.
    case final
}
