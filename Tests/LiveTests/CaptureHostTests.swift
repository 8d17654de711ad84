import Glibc
import Kernel
import Model
import Testing

@Suite("What the host tells")
struct CaptureHostTests {
    private func own(_ scan: ProcessScan) throws -> ProcessDescriptors {
        try #require(scan.processes.first { $0.identity.pid == getpid() })
    }

    private func text(_ path: String) throws -> String {
        let file = try #require(fopen(path, "r"))
        defer { fclose(file) }
        var content = [UInt8](repeating: 0, count: 1 << 16)
        let count = fread(&content, 1, content.count, file)
        return String(decoding: content[..<count], as: UTF8.self)
    }

    @Test("names the host, its boot and its kernel")
    func facts() throws {
        let facts = try LinuxHost().facts
        var name = utsname()
        uname(&name)
        let release = withUnsafeBytes(of: name.release) {
            String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
        }
        #expect(facts.kernelRelease == release)
        #expect("\(facts.bootID)\n" == (try text("/proc/sys/kernel/random/boot_id")))
        #expect(facts.bootID.count == 36)
        #expect(!facts.hostname.isEmpty)
        #expect(facts.ticksPerSecond == 100)
        #expect([10_000, 4_000, 3_333, 1_000].contains(facts.jiffyMicroseconds))
        #expect((facts.netnsCookie ?? 0) > 0)
        let link = try output(of: "readlink /proc/self/ns/net")
        #expect(link == "net:[\(facts.netnsInode ?? 0)]\n")
    }

    /// Descriptors of a child that nobody else opens and closes meanwhile.
    private func holder(of socket: LoopbackSocket? = nil) throws -> pid_t {
        var pid = pid_t()
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if let socket { posix_spawn_file_actions_adddup2(&actions, socket.descriptor, 9) }
        posix_spawn_file_actions_addopen(&actions, 10, "/dev/null", O_RDONLY, 0)
        let arguments: [UnsafeMutablePointer<CChar>?] = [strdup("sleep"), strdup("30"), nil]
        defer { arguments.forEach { free($0) } }
        try #require(posix_spawnp(&pid, "sleep", &actions, nil, arguments, environ) == 0)
        usleep(50_000)
        return pid
    }

    private func end(_ pid: pid_t) {
        kill(pid, SIGKILL)
        waitpid(pid, nil, 0)
    }

    @Test("counts the descriptors of each process, again after they change, and forgets the dead")
    func descriptors() throws {
        let host = try LinuxHost()
        let pid = try holder()
        let listing = try output(of: "ls /proc/\(pid)/fd | wc -l")
        let first = host.processes().processes.first { $0.identity.pid == pid }
        #expect(first?.open == Int64(listing.filter(\.isNumber)))
        let limits = try text("/proc/\(pid)/limits").split(separator: "\n")
        let line = try #require(limits.first { $0.hasPrefix("Max open files") })
        #expect(line.contains("\(first?.softLimit ?? -1) "))
        #expect(line.contains("\(first?.hardLimit ?? -1) "))
        end(pid)
        #expect(!host.processes().processes.contains { $0.identity.pid == pid })
        let before = try #require(try own(host.processes()).open)
        let sockets = try (0..<500).map { _ in try LoopbackSocket(socket(AF_INET, 1, 0)) }
        let after = try #require(try own(host.processes()).open)
        #expect(abs(after - before - Int64(sockets.count)) < 200)
    }

    @Test("tells a process by its start, its name, its file and its user")
    func process() throws {
        let host = try LinuxHost()
        let identity = try own(host.processes()).identity
        let stat = try text("/proc/self/stat")
        let fields = try #require(stat.split(separator: ")").last).split(separator: " ")
        #expect(identity.startTicks == UInt64(fields[19]))
        let facts = try #require(host.facts(of: identity))
        #expect("\(facts.comm)\n" == (try text("/proc/self/comm")))
        #expect("\(facts.executable ?? "")\n" == (try output(of: "readlink /proc/\(getpid())/exe")))
        #expect(facts.uid == getuid())
        let other = ProcessIdentity(pid: getpid(), startTicks: identity.startTicks + 1)
        #expect(host.facts(of: other) == nil)
    }

    @Test("names every process that holds a socket")
    func owners() throws {
        let host = try LinuxHost()
        let connection = try LoopbackConnection()
        let pid = try holder(of: connection.server)
        defer { end(pid) }
        let wanted: Set = [connection.client.inode, connection.server.inode, UInt64.max]
        let scan = host.owners(of: wanted, likely: [], budgetNanoseconds: 5_000_000_000)
        #expect(scan.complete)
        #expect(scan.owners[connection.client.inode]?.map(\.pid) == [getpid()])
        #expect(Set(scan.owners[connection.server.inode]?.map(\.pid) ?? []) == [getpid(), pid])
        #expect(scan.owners[.max] == nil)
    }

    @Test("finds all owners in the end, however small its budget is")
    func budget() throws {
        let host = try LinuxHost()
        let sockets = try (0..<300).map { _ in try LoopbackSocket(socket(AF_INET, 1, 0)) }
        var missing = Set(sockets.map(\.inode))
        var rounds = 0
        while !missing.isEmpty, rounds < 5_000 {
            let scan = host.owners(of: missing, likely: [], budgetNanoseconds: 1)
            missing.subtract(scan.owners.keys)
            rounds += 1
        }
        #expect(missing.isEmpty)
        withExtendedLifetime(sockets) {}
    }

    @Test("looks first where a socket probably is, and in the end everywhere")
    func likelyOwner() throws {
        let connection = try LoopbackConnection()
        let pid = try holder(of: connection.server)
        defer { end(pid) }
        let host = try LinuxHost()
        let processes = host.processes().processes
        let child = try #require(processes.first { $0.identity.pid == pid }).identity
        let inode = connection.server.inode
        let first = host.owners(of: [inode], likely: [child], budgetNanoseconds: 1)
        #expect(first.owners == [inode: [child]])

        // This process takes longer than the budget, and does not hold what is looked for.
        let sockets = try (0..<300).map { _ in try LoopbackSocket(socket(AF_INET, 1, 0)) }
        let own = try own(host.processes()).identity
        let lone = try LoopbackSocket(socket(AF_INET, 1, 0))
        let keeper = try holder(of: lone)
        defer { end(keeper) }
        let wanted = lone.inode
        lone.finish()
        let found = (0..<5_000).contains { _ in
            let scan = host.owners(of: [wanted], likely: [own], budgetNanoseconds: 1)
            return scan.owners[wanted]?.map(\.pid) == [keeper]
        }
        #expect(found)
        withExtendedLifetime(sockets) {}
    }

    @Test("has counters that grow with each connection")
    func counters() throws {
        let host = try LinuxHost()
        let before = host.counters()
        let connections = try (0..<50).map { _ in try LoopbackConnection() }
        let after = host.counters()
        let active = try #require(after.activeOpens) - (try #require(before.activeOpens))
        let passive = try #require(after.passiveOpens) - (try #require(before.passiveOpens))
        #expect(active >= Int64(connections.count) && passive >= Int64(connections.count))
        #expect(after.timeWaitEntries != nil && after.timeWaitOverflow != nil)
        #expect(after.listenDrops != nil && after.retransmittedSegments != nil)
        #expect((host.socketStatistics().tcpInUse ?? 0) >= 150)
        let handles = try #require(host.fileHandles())
        #expect(handles.allocated >= 150 && handles.allocated < handles.maximum)
        withExtendedLifetime(connections) {}
    }

    @Test("has the limits that sysctl prints")
    func limits() throws {
        let directory = try NamespaceDirectory()
        let limits = try LinuxHost().limits() + directory.open(directory.own).limits()
        let range = try text("/proc/sys/net/ipv4/ip_local_port_range")
        let expected = range.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(limits.contains(KernelLimit(name: "ip_local_port_range", value: expected)))
        #expect(limits.contains { $0.name == "ip_local_reserved_ports" })
        let backlog = try output(of: "cat /proc/sys/net/core/somaxconn").filter(\.isNumber)
        #expect(limits.contains(KernelLimit(name: "somaxconn", value: backlog)))
        #expect(limits.count >= 13)
    }

    @Test("lists UDP sockets that are bound")
    func datagrams() throws {
        let host = try LinuxHost()
        let socket = try LoopbackSocket(socket(AF_INET6, Int32(SOCK_DGRAM.rawValue), 0))
        #expect(host.datagrams()?.contains { $0.inode == socket.inode } == false)
        var address = sockaddr_in6()
        address.sin6_family = sa_family_t(AF_INET6)
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket.descriptor, $0, socklen_t(MemoryLayout<sockaddr_in6>.size))
            }
        }
        #expect(bound == 0)
        let row = try #require(host.datagrams()?.first { $0.inode == socket.inode })
        #expect(row.tuple.local.port == socket.port)
        #expect(row.cookie == socket.cookie)
        #expect(row.uid == getuid())
    }

    @Test("tells the recorder's own memory and file system")
    func ownProcess() throws {
        #expect((OwnProcess.residentOctets ?? 0) > 1 << 20)
        #expect(try FileSystem.freeOctets(at: "/tmp") > 0)
        #expect(throws: KernelError.self) { try FileSystem.freeOctets(at: "/no/such/file") }
        #expect(!OwnProcess.isTerminal(-1))
        #expect(OwnProcess.terminalWidth(-1) == nil)
    }
}
