/// What a process is allowed to do, as far as events need it (`CapEff` of /proc/PID/status).
package struct EventPrivileges: Equatable, Sendable {
    /// The effective capabilities, one bit each (<linux/capability.h>).
    package var effective: UInt64

    /// Nil when the text has no line for them.
    package init?(status text: [UInt8]) {
        guard
            let line = ProcText.lines(text).first(where: {
                ProcText.line($0, startsWith: "CapEff:")
            }),
            let field = ProcText.fields(line).dropFirst().first,
            let bits = UInt64(ProcText.string(field), radix: 16)
        else { return nil }
        effective = bits
    }

    /// Those that loading and attaching the programs takes, and this process lacks. CAP_SYS_ADMIN
    /// stands for both (capabilities(7)).
    package var missing: [String] {
        guard !has(21) else { return [] }
        return [("CAP_PERFMON", 38), ("CAP_BPF", 39)].filter { !has($0.1) }.map(\.0)
    }

    private func has(_ capability: Int) -> Bool { effective >> capability & 1 == 1 }
}
