/// What a recording keeps; what is older, or more, is pruned, the oldest first.
package struct RetentionPolicy: Equatable, Sendable {
    /// Details older than this go, µs; nil: none for their age.
    package var keepMicroseconds: Int64?
    /// Hours older than this go, µs; nil: none for their age.
    package var keepRollupsMicroseconds: Int64?
    /// The most that the file and its log may take together, octets; nil: any size.
    package var maxBytes: Int64?

    /// The least `maxBytes`: the schema, the log, and some minutes of a host with some thousand
    /// sockets.
    package static let smallestSize: Int64 = 4_000_000

    package init(
        keepMicroseconds: Int64? = nil, keepRollupsMicroseconds: Int64? = nil,
        maxBytes: Int64? = nil
    ) {
        self.keepMicroseconds = keepMicroseconds
        self.keepRollupsMicroseconds = keepRollupsMicroseconds
        self.maxBytes = maxBytes
    }

    /// Whether all is kept.
    package var keepsAll: Bool {
        keepMicroseconds == nil && keepRollupsMicroseconds == nil && maxBytes == nil
    }
}

/// Why something was pruned.
package enum PruneReason: Int64, Sendable {
    case age = 0
    case size = 1
    case byHand = 2
}
