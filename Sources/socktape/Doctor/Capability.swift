/// A capability that a recorder can use, by its number (<linux/capability.h>).
enum Capability: Int, CaseIterable {
    case bpf = 39
    case perfmon = 38
    case syslog = 34
    case ptrace = 19
    case readSearch = 2
    case admin = 21

    /// As setcap(8) spells it.
    var name: String {
        switch self {
        case .bpf: "cap_bpf"
        case .perfmon: "cap_perfmon"
        case .syslog: "cap_syslog"
        case .ptrace: "cap_sys_ptrace"
        case .readSearch: "cap_dac_read_search"
        case .admin: "cap_sys_admin"
        }
    }
}

/// What this process may do, and how it could come to do more.
struct Privileges {
    /// One bit a capability; nil where the kernel does not tell.
    var effective: UInt64?
    var isRoot: Bool
    /// The program's own file.
    var program: String

    /// Whether it holds one.
    func holds(_ capability: Capability) -> Bool {
        guard let effective else { return isRoot }
        // CAP_SYS_ADMIN includes what was split off it (capabilities(7)).
        let stands: Set<Capability> = [.bpf, .perfmon, .syslog]
        return effective >> UInt64(capability.rawValue) & 1 == 1
            || stands.contains(capability) && effective >> 21 & 1 == 1
    }

    /// Those of some that it does not hold.
    func lacks(_ capabilities: [Capability]) -> [Capability] {
        capabilities.filter { !holds($0) }
    }

    /// How to come to hold these; nil for none. setcap replaces what a file had, so that the line
    /// names all that a recorder ever needs, and CAP_SYS_ADMIN only where it is asked for.
    func remedy(_ lacking: [Capability]) -> String? {
        guard !lacking.isEmpty else { return nil }
        guard !isRoot else {
            let names = lacking.map { $0.name.uppercased() }.joined(separator: ", ")
            return "this root user lacks \(names): give them to its container or service"
        }
        return "sudo setcap \(Self.line(with: lacking)) \(quoted(program))"
    }

    private static func line(with lacking: [Capability]) -> String {
        var all: [Capability] = [.bpf, .perfmon, .syslog, .ptrace, .readSearch]
        if lacking.contains(.admin) { all.append(.admin) }
        return all.map(\.name).joined(separator: ",") + "+ep"
    }

    private func quoted(_ path: String) -> String {
        let plain = path.allSatisfy { $0.isLetter || $0.isNumber || "/._-+".contains($0) }
        return plain ? path : "'" + path.replacing("'", with: "'\\''") + "'"
    }
}
