import Glibc
import Kernel
import Model
import Testing

@Suite("The kernel's clocks")
struct CaptureClockTests {
    @Test("are read at one moment")
    func reading() {
        let before = bootNanoseconds()
        let reading = KernelClock().now()
        let after = bootNanoseconds()
        #expect((before...after).contains(reading.boot))
        #expect(abs(reading.wall / 1_000_000_000 - Int64(time(nil))) <= 1)
        #expect(reading.monotonic > 0 && reading.monotonic <= reading.boot + 1_000_000)
    }

    @Test("wake a sleeper at the moment, not before")
    func sleeping() async throws {
        let clock = KernelClock()
        var late: [Int64] = []
        for _ in 0..<20 {
            let target = bootNanoseconds() + 10_000_000
            try await clock.sleep(untilBoot: target)
            late.append(bootNanoseconds() - target)
        }
        #expect(late.allSatisfy { $0 >= 0 })
        // How late is the host's affair; that they wake at all is not.
        #expect(late.allSatisfy { $0 < 5_000_000_000 }, "\(late)")
    }

    @Test("let a sleeper go when it is cancelled")
    func cancelled() async {
        let began = bootNanoseconds()
        let sleeper = Task { try await KernelClock().sleep(untilBoot: began + 30_000_000_000) }
        sleeper.cancel()
        await #expect(throws: CancellationError.self) { try await sleeper.value }
        #expect(bootNanoseconds() - began < 10_000_000_000)
    }
}
