internal import Model
internal import Wire

/// What /proc and the kernel tell of one network namespace besides its TCP sockets.
final class NamespaceReadings {
    private let door: NamespaceDoor
    private var snmp: KeptFile?
    private var netstat: KeptFile?
    private var sockstat: KeptFile?
    private var sockstat6: KeptFile?
    private var buffer = [UInt8](repeating: 0, count: 16 << 10)
    private var datagramDump: DatagramDump

    /// Opens what is read again and again.
    init(_ door: NamespaceDoor) throws(KernelError) {
        self.door = door
        datagramDump = DatagramDump(door)
        _ = try door.inside { () throws(KernelError) in
            self.snmp = try? KeptFile("/proc/thread-self/net/snmp")
            self.netstat = try? KeptFile("/proc/thread-self/net/netstat")
            self.sockstat = try? KeptFile("/proc/thread-self/net/sockstat")
            self.sockstat6 = try? KeptFile("/proc/thread-self/net/sockstat6")
            return true
        }
    }

    /// The kernel's counters since the namespace began.
    func counters() -> KernelCounters {
        KernelCounters(
            snmp: snmp?.content(&buffer) ?? [], netstat: netstat?.content(&buffer) ?? [])
    }

    /// The kernel's gauges of sockets.
    func socketStatistics() -> SocketStatistics {
        SocketStatistics(
            sockstat: sockstat?.content(&buffer) ?? [],
            sockstat6: sockstat6?.content(&buffer) ?? [])
    }

    /// The limits that each namespace has for itself, those that this kernel has. They are opened
    /// anew each time: to keep so many descriptors would cost more than a visit a minute.
    func limits() -> [KernelLimit] {
        (try? door.inside { Self.limits(Self.limitPaths) }) ?? []
    }

    /// UDP sockets that are bound; nil when the kernel does not show them.
    func datagrams() -> [DatagramRow]? { datagramDump.rows() }

    /// Closes everything, so that nothing here keeps the namespace alive.
    func close() {
        snmp = nil
        netstat = nil
        sockstat = nil
        sockstat6 = nil
        datagramDump.close()
    }

    /// The values of these files below /proc/sys, each by the last part of its name.
    static func limits(_ paths: [String]) -> [KernelLimit] {
        var files = Files()
        return paths.compactMap { path in
            guard let value = files.text("/proc/sys/\(path)"),
                let name = path.split(separator: "/").last
            else { return nil }
            return KernelLimit(
                name: String(name),
                value: value.split(whereSeparator: \.isWhitespace).joined(separator: " "))
        }
    }

    private static let limitPaths = [
        "net/ipv4/ip_local_port_range", "net/ipv4/ip_local_reserved_ports",
        "net/ipv4/tcp_max_tw_buckets", "net/ipv4/tcp_tw_reuse", "net/ipv4/tcp_fin_timeout",
        "net/ipv4/tcp_max_syn_backlog", "net/ipv4/tcp_syncookies", "net/ipv4/tcp_keepalive_time",
        "net/core/somaxconn",
    ]

    /// The limits of the whole host.
    static let hostLimitPaths = [
        "fs/file-max", "fs/nr_open", "net/ipv4/tcp_max_orphans", "net/ipv4/tcp_mem",
        "net/netfilter/nf_conntrack_max",
    ]
}
