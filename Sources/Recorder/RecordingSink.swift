package import Model

/// Where a recording goes.
package protocol RecordingSink: AnyObject {
    /// Starts a recording, closes what an earlier one left open, and says where to count on.
    func begin(_ recording: RecordingRecord) throws -> NextIdentifiers

    /// Writes a sample and what it changed, all or nothing.
    func write(_ sample: SampleRecord?, changes: [Change]) throws

    /// Ends the recording: what is still there becomes right-censored.
    func end(atMicroseconds: Int64, reason: String) throws

    /// Octets of the file, what is still in a log beside it included.
    var fileBytes: Int64? { get }
}
