import Model
import Recorder
import Testing

@Suite("A recorder on a host of 10,000 processes")
struct LoadTests {
    private static let processes = 10_000
    private static let most: Int64 = 100_000

    /// The last one has 100,000 descriptors, each of the others 10.
    private func arrange(_ kernel: FakeKernel) {
        kernel.scanTime = 300_000_000
        kernel.running = (1...Self.processes).map { pid in
            ProcessDescriptors(
                identity: ProcessIdentity(pid: Int32(pid), startTicks: UInt64(pid)),
                open: pid == Self.processes ? Self.most : 10, softLimit: 1024, hardLimit: 4096)
        }
    }

    @Test("names each once and tells its count of descriptors once while nothing changes")
    func counts() async throws {
        let outcome = try await RecorderTests.record(seconds: 120, arrange: arrange)
        var named: [Int64: Int32] = [:]
        var counts: [Int64: [Int64]] = [:]
        for change in outcome.sink.changes.dropLast().flatMap({ $0 }) {
            if case .process(let record) = change {
                #expect(named.updateValue(record.facts.identity.pid, forKey: record.id) == nil)
            } else if case .descriptors(let record) = change {
                counts[record.process, default: []].append(record.open)
            }
        }
        #expect(Set(named.values).count == Self.processes)
        #expect(counts.count == Self.processes)
        for (id, pid) in named {
            #expect(counts[id] == [Int64(pid) == Int64(Self.processes) ? Self.most : 10])
        }
    }

    @Test("looks at them for 2 % of the time, and takes every sample")
    func pace() async throws {
        let outcome = try await RecorderTests.record(seconds: 120, arrange: arrange)
        // 300 ms each 15 s; the last sample looks once more where one is due.
        #expect((8...9).contains(outcome.kernel.scans), "\(outcome.kernel.scans) looks")
        #expect(outcome.sink.samples.count == 121)
        #expect(outcome.notices.progress.skippedTicks == 0)
    }

    @Test("counts the ticks that pass while it looks, and takes every other sample")
    func late() async throws {
        let outcome = try await RecorderTests.record(seconds: 60) { kernel in
            arrange(kernel)
            kernel.scanTime = 1_400_000_000
        }
        // One look in 70 s, during which the tick of the first second passes.
        #expect(outcome.kernel.scans == 1)
        #expect(outcome.notices.progress.skippedTicks == 1)
        #expect(outcome.sink.samples.count == 60)
    }
}
