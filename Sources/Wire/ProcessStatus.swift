/// What /proc/PID/status tells of a process's user.
package struct ProcessStatus: Equatable, Sendable {
    /// The real user id.
    package var uid: UInt32

    /// Nil when the text has no line for user ids. The name stands in the first line, escaped, so
    /// that it cannot make a line of its own.
    package init?(_ text: [UInt8]) {
        guard
            let line = ProcText.lines(text).first(where: { ProcText.line($0, startsWith: "Uid:") }),
            let uid = ProcText.fields(line).dropFirst().first.flatMap({
                ProcText.number($0, as: UInt32.self)
            })
        else { return nil }
        self.uid = uid
    }
}
