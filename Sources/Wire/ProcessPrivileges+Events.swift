extension ProcessPrivileges {
    /// Those that loading and attaching BPF programs takes, and this process lacks. CAP_SYS_ADMIN
    /// stands for both (capabilities(7)).
    package var missing: [String] {
        guard !has(.sysAdmin) else { return [] }
        return [Capability.perfmon, .bpf].filter { !has($0) }.map(\.name)
    }
}
