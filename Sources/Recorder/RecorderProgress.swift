/// How a recording goes, after each sample: for a status line or a log.
package struct RecorderProgress: Equatable, Sendable {
    /// Since the start, µs of boot time.
    package var elapsedMicroseconds: Int64 = 0
    package var samples: Int64 = 0
    /// Ticks that could not be met.
    package var skippedTicks: Int64 = 0
    /// TCP sockets at the last sample; nil when its dump broke.
    package var sockets: Int64?
    /// Connections that opened by the kernel's count since the sample before, a second.
    package var opensPerSecond: Double?
    package var fileBytes: Int64?
    /// Attempts that began during the recording: by the kernel's count, and recorded.
    package var kernelOpens: Int64?
    package var recordedOpens: Int64 = 0
    /// How late the last sample was, µs.
    package var lagMicroseconds: Int64 = 0
    /// Why the last dump is not complete.
    package var failure: String?

    package init() {}

    /// Recorded over kernel; nil before there is anything to compare.
    package var coverage: Double? {
        guard let kernelOpens, kernelOpens > 0 else { return nil }
        return Double(recordedOpens) / Double(kernelOpens)
    }
}

/// Whom a recorder tells how it goes.
package protocol RecorderObserver: AnyObject, Sendable {
    /// After each sample.
    func sampled(_ progress: RecorderProgress)

    /// Now and then, every few seconds at the least: the recorder is alive.
    func pulse()

    /// Once for each thing that a person should know: a source that is missing, a step of the
    /// clock, a gap.
    func notice(_ text: String)
}
