import Rendering
import Testing

@Suite("Numbers for people")
struct HumanTextTests {
    @Test(
        "Only a whole share is 100 %",
        arguments: [
            (0, "0 %"), (1, "100 %"), (0.99996, "99.99 %"), (0.9997, "99.97 %"), (0.5, "50.00 %"),
            (1.00001, "100.01 %"), (1.25, "125.00 %"), (0.00001, "<0.01 %"), (0.99, "99.00 %"),
            (0.999_999_999_999, "99.99 %"), (12.5, "1250.00 %"), (-0.25, "-25.00 %"), (.nan, "-"),
        ] as [(Double, String)])
    func ratios(value: Double, text: String) {
        #expect(HumanText.ratio(value) == text)
    }

    @Test(
        "One is singular, all else plural",
        arguments: [
            (0, "0 samples"), (1, "1 sample"), (2, "2 samples"), (1024, "1,024 samples"),
        ] as [(Int64, String)])
    func counts(value: Int64, text: String) {
        #expect(HumanText.count(value, "sample") == text)
    }

    @Test(
        "Octets have IEC prefixes",
        arguments: [
            (0, "0 B"), (512, "512 B"), (1023, "1023 B"), (1024, "1.0 KiB"),
            (1_258_291, "1.2 MiB"), (1_048_575, "1.0 MiB"), (104_857_600, "100 MiB"),
            (1.5e12, "1.4 TiB"), (-2048, "-2.0 KiB"), (1e30, "867361737988 EiB"),
        ] as [(Double, String)])
    func bytes(value: Double, text: String) {
        #expect(HumanText.bytes(value) == text)
    }

    @Test(
        "Durations take the unit of their size",
        arguments: [
            (0, "0 s"), (0.00125, "1.25 ms"), (60.1, "60.1 s"), (60.49, "60.5 s"),
            (11_520, "3 h 12 min"), (192, "3 min 12 s"), (187_200, "2 d 4 h"), (1, "1.00 s"),
            (0.9996, "1.00 s"), (0.0009999, "1.00 ms"), (0.000_25, "250 µs"), (3599.6, "1 h"),
            (119.7, "2 min"), (119.4, "119 s"), (86_399, "1 d"), (1e-12, "<1 ns"),
            (9.999, "10.0 s"),
            (99.96, "100 s"), (-0.5, "-500 ms"), (2.5e-7, "250 ns"), (7200, "2 h"),
        ] as [(Double, String)])
    func seconds(value: Double, text: String) {
        #expect(HumanText.seconds(value) == text)
    }

    @Test("Counts have commas between thousands")
    func counts() {
        #expect(HumanText.number(Int64(999)) == "999")
        #expect(HumanText.number(Int64(1000)) == "1,000")
        #expect(HumanText.number(Int64(-1_234_567)) == "-1,234,567")
        #expect(HumanText.number(Int64.min) == "-9,223,372,036,854,775,808")
        #expect(HumanText.number(1234.5) == "1,234.50")
        #expect(HumanText.number(0.5) == "0.500")
        #expect(HumanText.number(3.0) == "3")
    }

    @Test(
        "No number traps",
        arguments: [.infinity, -.infinity, .nan, 1e300, -1e300, 2.3e-308, 9.3e18])
    func extremes(value: Double) {
        for text in [
            HumanText.ratio(value), HumanText.bytes(value), HumanText.seconds(value),
            HumanText.number(value), HumanText.moment(.max) { _ in .max },
            HumanText.moment(.min) { _ in .min }, HumanText.seconds(value, unicode: false),
        ] {
            #expect(!text.isEmpty)
        }
    }

    @Test("Moments are shown by local clocks, also before 1970")
    func moments() {
        let moment = HumanText.moment(1_795_403_520_123_456) { _ in 7200 }
        #expect(moment == "2026-11-23 05:12:00.123")
        #expect(HumanText.moment(-1) { $0 == -1 ? 3600 : 0 } == "1970-01-01 00:59:59.999")
    }
}
