import Model
import Queries
import Store
import Testing

/// Two namespaces over four samples: what each read of sockets in use, of which limits are told.
private struct GaugeNight {
    /// TIME-WAIT sockets, orphans and pages; nil where a sample could not read them.
    typealias Gauges = (waits: Int64?, orphans: Int64?, pages: Int64?)

    static let start: Int64 = 1_767_225_600_000_000
    static func at(_ second: Int64) -> Int64 { start + second * 1_000_000 }

    /// By namespace, at 0, 10, 20 and 30 s.
    private let told: [[Gauges]] = [
        [(5, 2, 70), (9, 7, 50), (9, 7, 90), (nil, nil, nil)],
        [(40, 1, 80), (0, 6, 100), (30, 6, 100), (0, nil, 60)],
    ]
    private let allocated: [Int64] = [300, 500, 500, 200]

    func record(into path: String) throws {
        let store = try RecordingStore(path: path)
        _ = try store.begin(
            RecordingRecord(
                uuid: "gauges", host: "web1", bootID: "boot", kernel: "6.18.0", version: "0.2.0",
                intervalMicroseconds: 10_000_000, startedMicroseconds: Self.start))
        for (index, allocated) in allocated.enumerated() {
            var sample = SampleRecord(
                id: Int64(index) + 1, sampledMicroseconds: Self.at(Int64(index) * 10),
                nextConnection: 1)
            sample.sockets = 0
            sample.fileHandles = FileHandleCounts(allocated: allocated, unused: 0, maximum: 1000)
            sample.namespaces = told.enumerated().map { place, gauges in
                var namespace = NamespaceSample(netns: UInt64(place) + 1)
                namespace.statistics.tcpTimeWait = gauges[index].waits
                namespace.statistics.tcpOrphans = gauges[index].orphans
                namespace.statistics.tcpMemoryPages = gauges[index].pages
                return namespace
            }
            try store.write(sample, changes: index == 0 ? limits : [])
        }
        try store.end(atMicroseconds: Self.at(30), reason: "stopped")
    }

    private var limits: [Change] {
        let values: [(UInt64?, String, String)] = [
            (nil, "file-max", "1000"), (nil, "tcp_max_orphans", "10"),
            (nil, "tcp_mem", "100 150 200"), (1, "tcp_max_tw_buckets", "20"),
            (2, "tcp_max_tw_buckets", "50"),
        ]
        return values.enumerated().map { index, value in
            .limit(
                LimitRecord(
                    id: Int64(index) + 1, netns: value.0,
                    limit: KernelLimit(name: value.1, value: value.2),
                    fromMicroseconds: Self.start))
        }
    }
}

@Suite("How near a limit was, of what samples read")
struct LimitGaugeTests {
    private let file: TemporaryFile

    init() throws {
        file = try TemporaryFile()
        try GaugeNight().record(into: file.path)
    }

    /// Limit, namespace, last, peak and when, of a part of the night by seconds.
    private func told(_ since: Int64, _ until: Int64) throws -> Set<[Cell]> {
        let range = AxisRange(since: GaugeNight.at(since), until: GaugeNight.at(until))
        let question = LimitsQuery(Scope(range)).question
        let places = ["limit", "netns", "last", "peak", "peak_at"].compactMap { name in
            question.columns.firstIndex { $0.name == name }
        }
        let rows = try Reader(path: file.path).read { try $0.all(question) }
        return Set(rows.map { row in places.map { row[$0] } })
    }

    private func at(_ second: Int64) -> Cell { .integer(GaugeNight.at(second)) }

    @Test func `The highest use is told with its first moment, the last as it was last read`()
        throws
    {
        #expect(
            try told(0, 30) == [
                ["file-max", .null, 200, 500, at(10)],
                // Each namespace counts its own.
                ["tcp_max_tw_buckets", 1, 9, 9, at(10)],
                ["tcp_max_tw_buckets", 2, 0, 40, at(0)],
                // Whichever namespace asks is told of the whole host: the sum would be 13.
                ["tcp_max_orphans", .null, 7, 7, at(10)],
                ["tcp_mem", .null, 60, 100, at(10)],
            ])
    }

    @Test func `Of a part of the night only its own samples tell`() throws {
        #expect(
            try told(15, 25) == [
                ["file-max", .null, 500, 500, at(20)],
                ["tcp_max_tw_buckets", 1, 9, 9, at(20)],
                ["tcp_max_tw_buckets", 2, 30, 30, at(20)],
                ["tcp_max_orphans", .null, 7, 7, at(20)],
                ["tcp_mem", .null, 100, 100, at(20)],
            ])
    }

    @Test func `Where nothing was read there is neither a use nor a moment`() throws {
        #expect(
            try told(30, 30) == [
                ["file-max", .null, 200, 200, at(30)],
                ["tcp_max_tw_buckets", 1, .null, .null, .null],
                ["tcp_max_tw_buckets", 2, 0, 0, at(30)],
                ["tcp_max_orphans", .null, .null, .null, .null],
                ["tcp_mem", .null, 60, 60, at(30)],
            ])
    }
}
