/// What a process is allowed to do (`CapEff` of /proc/PID/status).
package struct ProcessPrivileges: Equatable, Sendable {
    /// A capability that a recording makes use of, by its bit in <linux/capability.h>.
    package enum Capability: Int, CaseIterable, Sendable {
        /// Writes files and folders of other users.
        case dacOverride = 1
        /// Lists the descriptors of other users' processes.
        case dacReadSearch = 2
        /// Takes a receive buffer beyond net.core.rmem_max.
        case netAdmin = 12
        /// Reads where the descriptors and namespaces of other users' processes lead.
        case sysPtrace = 19
        /// Enters network namespaces.
        case sysAdmin = 21
        /// Reads the addresses of the kernel's symbols.
        case syslog = 34
        /// Attaches programs to tracepoints.
        case perfmon = 38
        /// Loads programs into the kernel.
        case bpf = 39

        /// As capabilities(7) spells it.
        package var name: String {
            switch self {
            case .dacOverride: "CAP_DAC_OVERRIDE"
            case .dacReadSearch: "CAP_DAC_READ_SEARCH"
            case .netAdmin: "CAP_NET_ADMIN"
            case .sysPtrace: "CAP_SYS_PTRACE"
            case .sysAdmin: "CAP_SYS_ADMIN"
            case .syslog: "CAP_SYSLOG"
            case .perfmon: "CAP_PERFMON"
            case .bpf: "CAP_BPF"
            }
        }
    }

    /// The effective capabilities, one bit each.
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

    /// Whether the capability is in force, by itself.
    package func has(_ capability: Capability) -> Bool {
        effective >> UInt64(capability.rawValue) & 1 == 1
    }
}
