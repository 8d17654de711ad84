import Foundation
import Glibc
import Kernel
import Model
import Testing

/// A directory in memory that shows processes as /proc does.
private final class ManyProcesses {
    let path: String

    init() throws {
        path = "/dev/shm/socktape-proc-\(UInt64.random(in: 0 ... .max))"
        try #require(mkdir(path, 0o700) == 0)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Adds a process whose descriptors are the sockets of these inodes.
    func add(_ pid: Int, _ inodes: Range<UInt64>) throws {
        try #require(mkdir("\(path)/\(pid)", 0o700) == 0)
        try #require(mkdir("\(path)/\(pid)/fd", 0o700) == 0)
        let fields = Array(repeating: "0", count: 18).joined(separator: " ")
        let stat = "\(pid) (worker) S \(fields) \(1000 + pid) 0\n"
        try stat.write(toFile: "\(path)/\(pid)/stat", atomically: false, encoding: .utf8)
        for (descriptor, inode) in inodes.enumerated() {
            let link = "\(path)/\(pid)/fd/\(descriptor)"
            try #require(symlink("socket:[\(inode)]", link) == 0)
        }
    }
}

@Suite("A host of 10,000 processes, one of them with 100,000 descriptors")
struct CaptureLoadTests {
    private static let processes = 10_000
    private static let large = 5_000
    private static let descriptors: UInt64 = 100_000

    /// Every other process has one socket.
    private func host() throws -> (ManyProcesses, LinuxHost) {
        let many = try ManyProcesses()
        for pid in 1...Self.processes {
            let first = UInt64(1_000_000 + pid)
            try many.add(pid, pid == Self.large ? 1..<Self.descriptors + 1 : first..<first + 1)
        }
        return (many, try LinuxHost(proc: many.path))
    }

    @Test("has each counted, and all owners found in a few walks, however small the budget")
    func load() throws {
        let (many, host) = try host()
        let scan = host.processes()
        #expect(scan.processes.count == Self.processes)
        let open = Dictionary(
            uniqueKeysWithValues: scan.processes.map { (Int($0.identity.pid), $0.open) })
        #expect(open[Self.large] == Int64(Self.descriptors))
        #expect(open.values.filter { $0 == 1 }.count == Self.processes - 1)

        var missing = Set(1...Self.descriptors)
        missing.formUnion((1...Self.processes).map { UInt64(1_000_000 + $0) })
        missing.remove(UInt64(1_000_000 + Self.large))
        var walks = 0
        var wrong = 0
        while !missing.isEmpty, walks < 200 {
            let found = host.owners(of: missing, likely: [], budgetNanoseconds: 20_000_000).owners
            walks += 1
            for (inode, holders) in found {
                let pid = inode <= Self.descriptors ? Self.large : Int(inode) - 1_000_000
                if holders.map(\.pid) != [Int32(pid)] { wrong += 1 }
                missing.remove(inode)
            }
        }
        #expect(missing.isEmpty && wrong == 0, "\(missing.count) not found, \(wrong) wrong")
        // A walk lasts as long as the look at every process before it, or as its budget.
        #expect(2...20 ~= walks, "\(walks) walks")
        withExtendedLifetime(many) {}
    }
}
