/// A recording: one run of the recorder.
package struct RecordingRecord: Equatable, Sendable {
    package var uuid: String
    package var host: String
    package var bootID: String
    package var kernel: String
    /// The version of socktape that wrote it.
    package var version: String
    package var intervalMicroseconds: Int64
    /// The wall clock at the start, µs since 1970: the origin of the recording's axis.
    package var startedMicroseconds: Int64

    package init(
        uuid: String, host: String, bootID: String, kernel: String, version: String,
        intervalMicroseconds: Int64, startedMicroseconds: Int64
    ) {
        self.uuid = uuid
        self.host = host
        self.bootID = bootID
        self.kernel = kernel
        self.version = version
        self.intervalMicroseconds = intervalMicroseconds
        self.startedMicroseconds = startedMicroseconds
    }
}

/// The next free identifiers of a file, from which a ledger goes on counting.
package struct NextIdentifiers: Equatable, Sendable {
    package var sample: Int64 = 1
    package var connection: Int64 = 1
    package var listener: Int64 = 1
    package var datagram: Int64 = 1
    package var process: Int64 = 1
    package var descriptors: Int64 = 1
    package var limit: Int64 = 1
    package var source: Int64 = 1
    /// Where the recording's axis begins, µs; nil: at the wall clock of its start.
    package var axisStart: Int64?

    package init() {}
}
