package import Model

/// The fields of /proc/PID/stat that tell processes apart (proc_pid_stat(5)).
package struct ProcessStat: Equatable, Sendable {
    package var identity: ProcessIdentity
    /// The name that the process gave itself; may have held any octets.
    package var comm: String

    /// Nil when the text is not such a line. The name stands in parentheses and may hold some, so
    /// the fields begin after the last one.
    package init?(_ text: [UInt8]) {
        guard let open = text.firstIndex(of: UInt8(ascii: "(")),
            let close = text.lastIndex(of: UInt8(ascii: ")")), open < close,
            let pid = ProcText.fields(text[..<open]).first.flatMap({
                ProcText.number($0, as: Int32.self)
            })
        else { return nil }
        let fields = ProcText.fields(text[(close + 1)...].prefix { $0 != UInt8(ascii: "\n") })
        guard fields.count > Self.startField,
            let start = ProcText.number(fields[Self.startField], as: UInt64.self)
        else { return nil }
        identity = ProcessIdentity(pid: pid, startTicks: start)
        comm = ProcText.string(text[(open + 1)..<close])
    }

    /// Field 22, counted from field 3, the first after the name.
    private static let startField = 19
}
