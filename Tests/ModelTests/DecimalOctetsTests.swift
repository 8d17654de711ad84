import Testing

@testable import Model

@Suite("Numbers as octets")
struct DecimalOctetsTests {
    @Test(
        "A number has the digits that people write",
        arguments: [
            0, 7, -7, 10, 99_999_999, 100_000_000, 100_000_001, -123_456_789_012,
            10_000_000_000_000_000, 1_700_000_000_000_000, .max, .min,
        ] as [Int64])
    func digits(number: Int64) {
        var octets: [UInt8] = Array("x".utf8)
        octets.append(decimal: number)
        #expect(String(decoding: octets, as: UTF8.self) == "x\(number)")
    }
}
