package import Model

/// Where the rows of a recording get their numbers: one for all its ledgers, so that the numbers of
/// two namespaces never meet.
package final class Numbering {
    private var next: NextIdentifiers

    /// Counts on from here.
    package init(_ next: NextIdentifiers = NextIdentifiers()) { self.next = next }

    /// The number that the next new connection will get.
    package var nextConnection: Int64 { next.connection }

    func connection() -> Int64 { Self.take(&next.connection) }
    func listener() -> Int64 { Self.take(&next.listener) }
    func datagram() -> Int64 { Self.take(&next.datagram) }
    func limit() -> Int64 { Self.take(&next.limit) }

    private static func take(_ number: inout Int64) -> Int64 {
        defer { number += 1 }
        return number
    }
}
