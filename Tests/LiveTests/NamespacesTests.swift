import Glibc
import Kernel
import Model
import Testing
import Wire

@Suite("The host's network namespaces")
struct NamespacesTests {
    private func link() throws -> String { try output(of: "readlink /proc/self/ns/net") }

    @Test("are found with their names, their inodes and their cookies, the own one among them")
    func found() async throws {
        let bench = try TestNamespace("found")
        var cookie: UInt64 = 0
        try bench.inside {
            cookie = try LoopbackSocket(socket(AF_INET, 1, 0)).namespaceCookie
        }
        let directory = try NamespaceDirectory()
        let all = directory.scan()
        let facts = NamespaceFacts(cookie: cookie, inode: try bench.inode(), name: bench.name)
        #expect(all.contains(facts))
        #expect(all.contains(directory.own))
        #expect("net:[\(directory.own.inode)]\n" == (try link()))
        let own = try LoopbackSocket(socket(AF_INET, 1, 0)).namespaceCookie
        #expect(directory.own.cookie == own)
        #expect(Set(all.map(\.cookie)).count == all.count)
        // Some hosts hide their first process even from root; that is said once.
        _ = directory.scan()
        #expect(directory.notes.allSatisfy { $0.source == "netns" })
        #expect(directory.notes.count <= 1)
    }

    /// A process that lives in a namespace of its own, after this has run in it.
    private func resident(_ preparation: String = "true") async throws -> pid_t {
        var pid = pid_t()
        let words = ["sh", "-c", "\(preparation); exec unshare -n sleep 30"]
        let arguments = words.map { strdup($0) } + [nil]
        defer { arguments.forEach { free($0) } }
        try #require(posix_spawnp(&pid, "sh", nil, nil, arguments, environ) == 0)
        try await pause(200)
        return pid
    }

    private func end(_ pid: pid_t) {
        kill(pid, SIGKILL)
        waitpid(pid, nil, 0)
    }

    @Test("are found through a process that lives in one without a name")
    func unnamed() async throws {
        let directory = try NamespaceDirectory()
        let before = Set(directory.scan().map(\.cookie))
        let pid = try await resident()
        let inode = try output(of: "stat -L -c %i /proc/\(pid)/ns/net").filter(\.isNumber)
        let found = directory.scan().filter { "\($0.inode)" == inode }
        #expect(found.count == 1)
        for text in ["\(pid)", inode, "net:[\(inode)]", "/proc/\(pid)/ns/net"] {
            #expect(try directory.find(text) == found.first, "\(text)")
        }
        end(pid)
        let cookie = try #require(found.first?.cookie)
        #expect(!before.contains(cookie))
        #expect(!directory.scan().contains { $0.cookie == cookie })
    }

    @Test("bear the name of the container that a process in one belongs to")
    func container() async throws {
        let root = try output(of: "awk '$3 == \"cgroup2\" { print $2; exit }' /proc/mounts")
            .filter { $0 != "\n" }
        let identifier = String(repeating: "0a1b", count: 15) + "\(1000 + Int(getpid()) % 9000)"
        let group = "\(root)/docker-\(identifier).scope"
        let pid = try await resident("mkdir \(group); echo $$ > \(group)/cgroup.procs")
        let directory = try NamespaceDirectory()
        let inode = try output(of: "stat -L -c %i /proc/\(pid)/ns/net").filter(\.isNumber)
        #expect("\(try directory.find(identifier).inode)" == inode)
        end(pid)
        _ = try output(of: "rmdir \(group)")
    }

    @Test("are told apart by counters, gauges, limits and sockets of their own")
    func entered() async throws {
        let bench = try TestNamespace("entered")
        _ = try output(
            of: "nsenter --net=\(bench.path) sysctl -qw net.ipv4.tcp_fin_timeout=33")
        let before = try link()
        let directory = try NamespaceDirectory()
        let namespace = try directory.open(try directory.find(bench.name))
        #expect(namespace.counters().activeOpens == 0)
        var connections: [LoopbackConnection] = []
        var datagram: LoopbackSocket?
        try bench.inside {
            connections = try (0..<3).map { _ in try LoopbackConnection() }
            datagram = try LoopbackSocket(socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0))
            #expect(datagram?.bind(port: 5353) == 0)
        }
        #expect(namespace.counters().activeOpens == 3)
        #expect(namespace.counters().passiveOpens == 3)
        #expect(namespace.socketStatistics().tcpInUse == 9)
        #expect(namespace.limits().contains(KernelLimit(name: "tcp_fin_timeout", value: "33")))
        #expect(!namespace.limits().contains { $0.name == "file-max" })
        #expect(namespace.datagrams()?.map(\.cookie) == [datagram?.cookie ?? 0])
        guard case .sockDiag(let source) = namespace.table else {
            Issue.record("the sockets are not read by netlink")
            return
        }
        var cookies: Set<UInt64> = []
        let outcome = source.dump { _, rows in cookies.formUnion(rows.map(\.cookie)) }
        #expect(outcome.failure == nil)
        let sockets = connections.flatMap { [$0.client, $0.server, $0.listener] }
        #expect(cookies == Set(sockets.map(\.cookie)))
        if case .found = source.find(connections[0].tuple, cookie: 0) {
        } else {
            Issue.record("an exact request does not find the connection")
        }
        #expect(try directory.open(namespace.facts) === namespace)
        #expect(try link() == before)
        let listed = try output(of: "readlink /proc/\(getpid())/task/*/ns/net | sort -u")
        #expect(!listed.contains("\(namespace.facts.inode)"))
    }

    @Test("tell their closed connections")
    func closes() async throws {
        let bench = try TestNamespace("closes")
        let directory = try NamespaceDirectory()
        let namespace = try directory.open(try directory.find(bench.name))
        let messages = try namespace.destroyMessages()
        var client: UInt64 = 0
        try bench.inside {
            let connection = try LoopbackConnection()
            client = connection.client.cookie
            connection.client.abort()
        }
        _ = try await messages.row(client)
        #expect(messages.lost == 0)
    }

    @Test("that are deleted are let go, so that they are really gone")
    func deleted() async throws {
        let bench = try TestNamespace("gone")
        // A cable into the namespace goes with it.
        let cable = "stx\(getpid())"
        _ = try output(
            of: "ip link add \(cable) type veth peer name \(cable)p netns \(bench.name)")
        func isAlive() -> Bool { access("/sys/class/net/\(cable)", F_OK) == 0 }
        let directory = try NamespaceDirectory()
        let facts = try directory.find(bench.name)
        let namespace = try directory.open(facts)
        let messages = try namespace.destroyMessages()
        _ = namespace.datagrams()
        guard case .sockDiag(let source) = namespace.table else { return }
        _ = source.dump { _, _ in }
        var client: UInt64 = 0
        try bench.inside {
            let connection = try LoopbackConnection()
            client = connection.client.cookie
            connection.client.abort()
        }
        try await pause(100)
        bench.remove()
        try await pause(300)
        #expect(isAlive())
        #expect(!directory.scan().contains { $0.cookie == facts.cookie })
        for _ in 0..<100 where isAlive() { try await pause(20) }
        #expect(!isAlive())
        // What it told last is not lost, what is asked from now on is an error.
        _ = try await messages.row(client)
        #expect(source.dump { _, _ in }.failure?.contains("it is gone") == true)
        #expect(namespace.counters() == KernelCounters())
        #expect(throws: KernelError.self) { try directory.open(facts) }
    }

    @Test("that nobody knows are an error that names a few that there are")
    func unknown() async throws {
        let bench = try TestNamespace("known")
        let directory = try NamespaceDirectory()
        for name in ["no-such", "/no/such", "/etc/hostname", "net:[1]", "4194305", ""] {
            do {
                _ = try directory.find(name)
                Issue.record("\(name) was found")
            } catch {
                #expect("\(error)".hasPrefix("cannot find the network namespace \(name): "))
                #expect("\(error)".contains("\(directory.own.inode)"))
                _ = bench
            }
        }
    }
}

@Suite("The recorder's own privileges")
struct OwnPrivilegesTests {
    @Test("are those that the kernel tells")
    func own() throws {
        let line = try output(of: "grep CapEff /proc/\(getpid())/status")
        let bits = try #require(line.split(whereSeparator: \.isWhitespace).last)
        #expect(OwnProcess.capabilities == UInt64(bits, radix: 16))
    }
}
