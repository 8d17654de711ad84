import Glibc
import Testing

/// `scripts/soak` lets this run for an hour; by itself it takes half a minute.
@Suite("A recorder outlives one fault after another")
struct AcceptanceSoakTests {
    @Test("What happened is recorded once and right, or is written down as missing")
    func soak() async throws {
        let seconds = Self.number("SOCKTAPE_SOAK_SECONDS") ?? 25
        let seed = Self.number("SOCKTAPE_SOAK_SEED") ?? 1
        let isLong = seconds >= 300
        try await Bench.run { bench in
            let soak = try await Soak(bench, seed: UInt64(seed), pause: isLong ? 1...12 : 0.3...1)
            try await soak.run(seconds: Double(seconds))
            for file in soak.files {
                let check = try bench.start([
                    try Bench.product("socktape"), "check", "--db", file,
                ])
                #expect(try await check.wait() == 0, "\(file): \(check.output)\(check.errors)")
            }
            var account = SoakAccount()
            for file in soak.files { try account.read(file) }
            account.settle(soak.truths)
            #expect(account.missing.isEmpty, "\(account.missing.prefix(5))")
            #expect(account.doubled.isEmpty, "\(account.doubled.prefix(5))")
            #expect(account.wrong.isEmpty, "\(account.wrong.prefix(5))")
            #expect(account.invented.isEmpty, "\(account.invented.prefix(5))")
            #expect(account.accountable * 4 >= soak.truths.count, "most fell into losses")
            #expect(soak.peakMemory < 400 << 10, "\(soak.peakMemory) KiB")
            let faults = soak.happened.map { "\($0.key.rawValue) \($0.value)" }.sorted()
            print("soak: seed \(seed), \(seconds) s, \(soak.truths.count) connections")
            print("soak: \(faults.joined(separator: ", "))")
            print("soak: \(account.summary); at most \(soak.peakMemory >> 10) MiB")
        }
    }

    private static func number(_ name: String) -> Int? {
        getenv(name).flatMap { Int(String(cString: $0)) }
    }
}
