/// What a recorder is asked to do.
package struct RecorderSettings: Sendable {
    /// From sample to sample, ns.
    package var intervalNanoseconds: Int64
    /// After which the recording ends, ns; nil: when it is told to.
    package var durationNanoseconds: Int64?
    /// From dump to dump at the least, ns; nil: as often as samples come and the budget permits.
    package var dumpNanoseconds: Int64?
    /// The share of one processor that events may cost; nil: any.
    package var eventShare: Double?
    /// What waits for a file that takes nothing, at the most, octets; more lives may take more.
    package var backlogOctets = 64 << 20
    /// Makes a new random name for each recording.
    package var uuid: @Sendable () -> String
    /// The program's version.
    package var version: String

    package init(
        intervalNanoseconds: Int64, durationNanoseconds: Int64?, dumpNanoseconds: Int64? = nil,
        eventShare: Double? = 0.05,
        uuid: @escaping @Sendable () -> String, version: String
    ) {
        self.intervalNanoseconds = intervalNanoseconds
        self.durationNanoseconds = durationNanoseconds
        self.dumpNanoseconds = dumpNanoseconds
        self.eventShare = eventShare
        self.uuid = uuid
        self.version = version
    }
}
