import Foundation
import Kernel
import Model
import Testing

/// What /proc shows of processes that come, go, and are named to do harm.
@Suite("Processes that go while they are read", .serialized)
struct CaptureVanishTests {
    private var descriptors: Int {
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd"))?.count ?? -1
    }

    @Test("end no reading, leave no descriptor, and are nobody's owner")
    func vanishing() throws {
        let storm = try SpawnedProcess(
            ["/bin/bash", "-c", "for i in {1..100000}; do /bin/true & done; wait"],
            output: "/tmp/socktape-storm-\(getpid())")
        defer {
            storm.discard()
            for ending in ["", ".err"] { unlink(storm.outputPath + ending) }
        }
        let host = try LinuxHost()
        _ = host.processes()
        let before = descriptors
        let end = ContinuousClock.now + .seconds(2)
        var (looks, gone) = (0, 0)
        while ContinuousClock.now < end {
            for process in host.processes().processes {
                guard let facts = host.facts(of: process.identity) else {
                    gone += 1
                    continue
                }
                #expect(!facts.comm.isEmpty)
            }
            let scan = host.owners(of: [.max], likely: [], budgetNanoseconds: 20_000_000)
            #expect(scan.owners.isEmpty)
            looks += 1
        }
        #expect(looks > 5)
        #expect(gone > 0, "none went between two looks: nothing was tried")
        #expect(descriptors <= before + 1)
    }

    @Test("or have an odd name and two megabytes of words are told as they are")
    func odd() async throws {
        let folder = "/tmp/socktape-odd-\(getpid())"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let name = "=a\n\u{1b}[31m<b>"
        let path = folder + "/" + name
        try FileManager.default.copyItem(atPath: "/bin/sleep", toPath: path)
        let word = String(repeating: "0", count: 130_000)
        let process = try SpawnedProcess(
            [path, "60"] + Array(repeating: word, count: 14), output: folder + "/output")
        defer { process.discard() }
        let host = try LinuxHost()
        var facts: ProcessFacts?
        for _ in 0..<100 where facts?.comm != name {
            try await Task.sleep(for: .milliseconds(20))
            let found = host.processes().processes.first { $0.identity.pid == process.pid }
            facts = found.flatMap { host.facts(of: $0.identity) }
        }
        #expect(facts?.comm == name)
        #expect(facts?.executable == path)
    }
}
