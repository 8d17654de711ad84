import Model
import Testing
import Wire

@Suite("What /proc tells of a process")
struct ProcessTextTests {
    private func parse(named name: [UInt8]) -> ProcessStat? {
        let rest = ") S 1 77 77 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 987654 8000 250 1844\n"
        return ProcessStat(Array("4711 (".utf8) + name + Array(rest.utf8))
    }

    @Test(
        "survives any name that a process gives itself",
        arguments: [
            "nginx", "a b", ") R 1 (", "((", "))", "x) S 9 9 9 9 9 9 9 9", "", "tab\there",
            "new\nline", "(sd-pam)",
        ])
    func names(name: String) throws {
        let stat = try #require(parse(named: Array(name.utf8)))
        #expect(stat.comm == name)
        #expect(stat.identity == ProcessIdentity(pid: 4711, startTicks: 987_654))
    }

    @Test("shows octets that are not UTF-8 as replacement characters")
    func invalidText() throws {
        #expect(try #require(parse(named: [0x61, 0xff, 0x62, 0xc3])).comm == "a\u{fffd}b\u{fffd}")
    }

    @Test(
        "is nothing when the line is cut", arguments: ["", "1", "1 (x", "1 (x) S 1 2 3", ") 1 ("])
    func cut(text: String) {
        #expect(ProcessStat(Array(text.utf8)) == nil)
    }

    @Test("has limits, or none")
    func limits() throws {
        let text = """
            Limit                     Soft Limit           Hard Limit           Units
            Max processes             95820                95820                processes
            Max open files            1024                 524288               files
            """
        let limits = try #require(ProcessLimits(Array(text.utf8)))
        #expect(limits.soft == 1024)
        #expect(limits.hard == 524_288)
        let unlimited = "Max open files            unlimited            unlimited            files"
        #expect(ProcessLimits(Array(unlimited.utf8))?.hard == .max)
        #expect(ProcessLimits(Array("Max processes 1 2".utf8)) == nil)
    }

    @Test("has the real user, not the effective one")
    func status() {
        let text = "Name:\tUid:\\n\nState:\tS (sleeping)\nUid:\t1000\t0\t0\t0\nGid:\t5\t5\t5\t5\n"
        #expect(ProcessStatus(Array(text.utf8))?.uid == 1000)
        #expect(ProcessStatus(Array("Name:\tx\n".utf8)) == nil)
    }

    private static let id = String(repeating: "0123456789abcdef", count: 4)

    @Test(
        "has the unit and the container that its cgroup names",
        arguments: [
            ("0::/system.slice/nginx.service\n", "nginx.service", nil),
            ("0::/user.slice/user-1000.slice/session-3.scope\n", "session-3.scope", nil),
            ("0::/system.slice/x.service/inner\n", "x.service", nil),
            ("0::/user.slice\n", "user.slice", nil),
            ("0::/\n", nil, nil),
            ("0::/system.slice/docker-\(id).scope\n", "docker-\(id).scope", id),
            ("0::/docker/\(id)\n", nil, id),
            ("0::/machine.slice/libpod-\(id).scope/container\n", "libpod-\(id).scope", id),
            (
                "0::/machine.slice/libpod-conmon-\(id).scope\n", "libpod-conmon-\(id).scope", nil
            ),
            (
                "0::/kubepods.slice/kubepods-pod1.slice/cri-containerd-\(id).scope\n",
                "cri-containerd-\(id).scope", id
            ),
            ("0::/kubepods/besteffort/pod1/\(id)\n", nil, id),
            ("0::/system.slice/docker-0123.scope\n", "docker-0123.scope", nil),
            ("4:memory:/x\n1:name=systemd:/docker/\(id)\n0::/\n", nil, id),
        ] as [(String, String?, String?)])
    func cgroup(text: String, unit: String?, container: String?) {
        let cgroup = ProcessCgroup(Array(text.utf8))
        #expect(cgroup.unit == unit)
        #expect(cgroup.container == container)
    }

    @Test("has the path of the unified hierarchy, else systemd's own")
    func path() {
        let both = "1:name=systemd:/old\n0::/new:with:colons\n"
        #expect(ProcessCgroup(Array(both.utf8)).path == "/new:with:colons")
        #expect(ProcessCgroup(Array("1:name=systemd:/old\n".utf8)).path == "/old")
        #expect(ProcessCgroup([]).path == nil)
    }

    @Test(
        "has sockets among its descriptors, told from other files",
        arguments: [
            ("socket:[147618]", 147_618), ("socket:[18446744073709551615]", .max),
            ("socket:[18446744073709551616]", nil), ("socket:[]", nil), ("socket:[1", nil),
            ("socket:[1]x", nil), ("pipe:[147618]", nil), ("/dev/null", nil), ("", nil),
        ] as [(String, UInt64?)])
    func links(target: String, inode: UInt64?) {
        let octets = Array(target.utf8)
        let found = SocketLink.inode(octets.span.bytes)
        #expect(found == inode)
    }
}
