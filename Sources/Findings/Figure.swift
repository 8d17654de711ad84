/// A number with its unit, or a name, before anyone chose characters for it.
package enum Figure: Hashable, Sendable {
    case count(Int64)
    /// Of one.
    case share(Double)
    case seconds(Double)
    /// A second.
    case rate(Double)
    /// On the recording's axis, µs.
    case moment(Int64)
    case text(String)
}

/// A figure with its name, as a query's column spells it.
package struct Evidence: Hashable, Sendable {
    package var name: String
    package var figure: Figure

    package init(_ name: String, _ figure: Figure) {
        self.name = name
        self.figure = figure
    }
}
