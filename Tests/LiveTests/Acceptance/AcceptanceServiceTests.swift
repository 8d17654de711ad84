import GRDB
import Glibc
import Testing

@Suite("As a service it has no more privileges than it needs")
struct AcceptanceServiceTests {
    /// What packaging/socktape.service grants.
    private static let granted = "+bpf,+perfmon,+syslog,+sys_ptrace,+dac_read_search"
    /// CAP_DAC_READ_SEARCH and CAP_SYS_PTRACE by their bits in <linux/capability.h>.
    private static let kept: UInt64 = 1 << 2 | 1 << 19

    @Test("A user of its own, on a file system that cannot be written, records events and owners")
    func service() async throws {
        try await Bench.run { bench in
            let state = try await bench.useDisk(kibibytes: 64 << 10)
            try await bench.host(["chown", "65534:65534", state])
            let manager = try NotifySocket(bench.directory + "/notify")
            let prefix = "--inh-caps=-all,\(Self.granted) --ambient-caps=-all,\(Self.granted)"
            let recorder = try await bench.record(
                interval: "200ms", capture: "dumps+events",
                under: [
                    "env", "NOTIFY_SOCKET=\(manager.path)", "WATCHDOG_USEC=900000",
                    "unshare", "--mount", "sh", "-c",
                    """
                    mount -o remount,bind,ro / && umask 027 && exec setpriv --reuid 65534 \
                    --regid 65534 --clear-groups --bounding-set=-all,\(Self.granted) \(prefix) \
                    --no-new-privs "$@"
                    """, "sh",
                ])
            try expectFew(recorder.pid)
            let truths = try await bench.truths(
                of: try bench.generate(["rapid", "--count", "200", "--rate", "200"]))
            try await Task.sleep(for: .milliseconds(1500))
            try await bench.stop(recorder)
            let rows = try bench.query(RecordedConnection.all)
            #expect(rows.count == 2 * truths.count)
            #expect(rows.count { $0.pid == truths[0].clientPid } * 10 >= rows.count * 8)
            try bench.expectCoverage(active: truths.count, passive: truths.count)
            let told = manager.messages()
            #expect(told.first == "READY=1")
            #expect(told.count { $0 == "WATCHDOG=1" } >= 3, "\(told)")
            #expect(told.contains { $0.hasPrefix("STATUS=") })
            var status = stat()
            #expect(stat(bench.recording, &status) == 0)
            #expect(status.st_mode & 0o777 == 0o640)
        }
    }

    @Test("Root gives up what it needs no more, in every thread")
    func root() async throws {
        try await Bench.run { bench in
            let recorder = try await bench.record(interval: "200ms", capture: "dumps+events")
            try expectFew(recorder.pid)
            try await bench.stop(recorder)
        }
    }

    @Test("The unit passes the judgement of systemd, offline")
    func unit() async throws {
        try await Bench.run { bench in
            let unit = Self.root + "/packaging/socktape.service"
            // 27 of 100: what systemd-analyze(1) calls OK.
            try await bench.host([
                "systemd-analyze", "security", "--offline=true", "--threshold=27", unit,
            ])
        }
    }

    private static let root = #filePath.components(upTo: "/Tests/")

    private func expectFew(_ pid: Int32) throws {
        let tasks = try Folders.names("/proc/\(pid)/task")
        #expect(tasks.count >= 3, "\(tasks.count) threads")
        for task in tasks {
            let status = SpawnedProcess.text("/proc/\(pid)/task/\(task)/status")
            let fields = Dictionary(
                status.split(separator: "\n").compactMap { line in
                    let parts = line.split(whereSeparator: { $0 == ":" || $0.isWhitespace })
                    return parts.count == 2 ? (String(parts[0]), String(parts[1])) : nil
                }, uniquingKeysWith: { first, _ in first })
            #expect(fields["NoNewPrivs"] == "1", "thread \(task)")
            for name in ["CapEff", "CapPrm"] {
                let bits = fields[name].flatMap { UInt64($0, radix: 16) } ?? .max
                #expect(bits & ~Self.kept == 0, "thread \(task): \(name) \(fields[name] ?? "")")
            }
        }
    }
}

extension String {
    /// What stands before a part of it.
    fileprivate func components(upTo part: String) -> String {
        var head = ""
        for place in indices {
            if self[place...].hasPrefix(part) { return head }
            head.append(self[place])
        }
        return head
    }
}

/// The names in a folder.
enum Folders {
    static func names(_ path: String) throws -> [String] {
        guard let folder = opendir(path) else { throw BenchError("no folder \(path)") }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names
    }
}

/// A service manager's socket, to which anybody may send.
final class NotifySocket {
    let path: String
    private let descriptor: Int32

    init(_ path: String) throws {
        self.path = path
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | O_NONBLOCK, 0)
        var name = sockaddr_un()
        name.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: path.utf8) }
        let bound = withUnsafePointer(to: &name) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        // The folders above are the test's own.
        let folder = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
        guard bound == 0, chmod(path, 0o777) == 0, chmod(folder, 0o711) == 0 else {
            throw BenchError("cannot bind \(path)")
        }
    }

    deinit { close(descriptor) }

    /// The lines that came.
    func messages() -> [String] {
        var lines: [String] = []
        var bytes = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = recv(descriptor, &bytes, bytes.count, 0)
            guard count > 0 else { return lines }
            lines += String(decoding: bytes[..<count], as: UTF8.self).split(separator: "\n")
                .map(String.init)
        }
    }
}
