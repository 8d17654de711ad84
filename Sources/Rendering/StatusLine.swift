/// The one line that `record` keeps up to date on a terminal.
package struct StatusLine: Hashable, Sendable {
    /// Since the recording began, seconds.
    package var elapsedSeconds: Double
    /// Samples taken.
    package var samples: Int64
    /// Sockets in the last sample.
    package var sockets: Int64?
    /// Connections opened a second.
    package var openedPerSecond: Double?
    /// The size of the recording, octets.
    package var fileBytes: Int64?
    /// Share of the kernel's own count that was recorded.
    package var coverage: Double?

    package init(
        elapsedSeconds: Double, samples: Int64, sockets: Int64? = nil,
        openedPerSecond: Double? = nil, fileBytes: Int64? = nil, coverage: Double? = nil
    ) {
        self.elapsedSeconds = elapsedSeconds
        self.samples = samples
        self.sockets = sockets
        self.openedPerSecond = openedPerSecond
        self.fileBytes = fileBytes
        self.coverage = coverage
    }

    /// The line, without items from its end where the terminal is too narrow. What is unknown is
    /// left out.
    package func text(width: Int?, unicode: Bool = true) -> String {
        let separator = unicode ? " · " : " | "
        var line = ""
        for item in items {
            let longer = line.isEmpty ? item : line + separator + item
            if let width, DisplayWidth.of(longer) > width { break }
            line = longer
        }
        return line
    }

    /// The line over the one before it: back to the line's start, and the rest of it cleared
    /// (ECMA-48, EL). The last column stays free, or some terminals would begin a new line.
    package func frame(width: Int, unicode: Bool = true) -> String {
        "\r" + text(width: width - 1, unicode: unicode) + "\u{1b}[K"
    }

    private var items: [String] {
        let known: [String?] = [
            elapsed, HumanText.count(samples, "sample"),
            sockets.map { HumanText.count($0, "socket") },
            openedPerSecond.map { "\(Self.rate($0)) opened/s" },
            fileBytes.map { HumanText.bytes(Double($0)) },
            coverage.map { "\(HumanText.ratio($0)) seen" },
        ]
        return known.compactMap { $0 }
    }

    /// `0:00:07`, `26:03:12`: the digits stand still.
    private var elapsed: String {
        let seconds = Int64(exactly: max(0, elapsedSeconds).rounded(.down)) ?? 0
        let parts = [seconds / 60 % 60, seconds % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }
        return "\(seconds / 3600):" + parts.joined(separator: ":")
    }

    private static func rate(_ value: Double) -> String {
        guard value.isFinite else { return "-" }
        return value < 10
            ? HumanText.fixed(max(0, value), 1)
            : HumanText.number(Int64(exactly: value.rounded()) ?? .max)
    }
}
