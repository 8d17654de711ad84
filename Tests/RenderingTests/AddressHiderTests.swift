import Model
import Rendering
import Testing

@Suite("Hidden addresses")
struct AddressHiderTests {
    private let hider: AddressHider

    init() throws { hider = try #require(AddressHider(key: Array(0..<32))) }

    private func address(_ text: String) throws -> IPAddress { try #require(IPAddress(text)) }

    /// How many leading bits two addresses share.
    private func shared(_ left: IPAddress, _ right: IPAddress) -> Int {
        let zeros =
            left.high == right.high
            ? 64 + (left.low ^ right.low).leadingZeroBitCount
            : (left.high ^ right.high).leadingZeroBitCount
        return left.family == .ipv4 ? zeros - 96 : zeros
    }

    @Test func `come from the function that its paper gives`() {
        // The paper's appendix: the key's octets are 0 to 15, the message's 0 to 14.
        let hash = SipHash(low: 0x0706_0504_0302_0100, high: 0x0f0e_0d0c_0b0a_0908)
        #expect(hash.value(Array(0..<15)) == 0xa129_ca61_49be_45e5)
        let octets = (0..<24).map { UInt8($0) }
        #expect(
            hash.value(0x0706_0504_0302_0100, 0x0f0e_0d0c_0b0a_0908, 0x1716_1514_1312_1110)
                == hash.value(octets))
    }

    @Test func `share as many leading bits as the addresses did`() throws {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<300 {
            let bit = UInt32.random(in: 0..<32, using: &generator)
            let one = UInt32.random(in: 1...UInt32.max, using: &generator)
            let other = one ^ 1 << (31 - bit)
            let left = IPAddress(ipv4: one)
            let right = IPAddress(ipv4: other)
            let (a, b) = (hider.hidden(left), hider.hidden(right))
            // What would be loopback is mapped twice, and shares bits with its like alone.
            guard [left, right, a, b].allSatisfy({ $0.low >> 24 != 127 }), left != right else {
                continue
            }
            let isWalked = shared(a, b) != shared(left, right)
            #expect(!isWalked || shared(left, right) < 8)
        }
        for _ in 0..<300 {
            let high = UInt64.random(in: 1...UInt64.max, using: &generator)
            let low = UInt64.random(in: 0...UInt64.max, using: &generator)
            let bit = UInt64.random(in: 0..<128, using: &generator)
            let left = IPAddress(high: high, low: low)
            let right = IPAddress(
                high: bit < 64 ? high ^ 1 << (63 - bit) : high,
                low: bit < 64 ? low : low ^ 1 << (127 - bit))
            #expect(shared(hider.hidden(left), hider.hidden(right)) == Int(bit))
        }
    }

    @Test func `are never the same for two addresses, and not the addresses themselves`() throws {
        // All of 16,384 neighbours, and one of each network of eight bits.
        var seen: Set<IPAddress> = []
        let some =
            (0..<16_384).map { IPAddress(ipv4: 0xc000_0000 + $0) }
            + (1...255).map { IPAddress(ipv4: $0 << 24 | 1) }
        for address in Set(some) { seen.insert(hider.hidden(address)) }
        #expect(seen.count == Set(some).count)
        let unmoved = some.count { hider.hidden($0) == $0 && $0.low >> 24 != 127 }
        #expect(unmoved < 10)
        #expect(try hider.hidden(address("2001:db8::1")).family == .ipv6)
    }

    @Test func `depend on the key alone`() throws {
        let again = try #require(AddressHider(key: Array(0..<32)))
        let other = try #require(AddressHider(key: Array(1..<33)))
        let address = try address("198.51.100.1")
        #expect(again.hidden(address) == hider.hidden(address))
        #expect(other.hidden(address) != hider.hidden(address))
        #expect(AddressHider().hidden(address) != AddressHider().hidden(address))
        #expect(AddressHider(key: Array(0..<15)) == nil)
    }

    @Test(
        "leave alone what names no host",
        arguments: [
            "127.0.0.1", "127.1.2.3", "0.0.0.0", "::", "::1", "*:80", "03:12:05.250", "6.18.0",
            "2026-11-24T02:01:19.500000Z", "Foo::Bar", "nginx", "", "10.0.0",
        ])
    func kept(text: String) {
        #expect(hider.hidden(text) == text)
    }

    @Test func `stand wherever an address stood in a text`() throws {
        let four = "\(hider.hidden(try address("192.0.2.1")))"
        let six = "\(hider.hidden(try address("2001:db8::1")))"
        for (text, hidden) in [
            ("192.0.2.1", four), ("192.0.2.1:80", "\(four):80"), ("2001:db8::1", six),
            ("[2001:db8::1]:443", "[\(six)]:443"), ("::ffff:192.0.2.1", four),
            ("redis:192.0.2.1", "redis:\(four)"),
            ("a 192.0.2.1, b 2001:db8::1.", "a \(four), b \(six)."),
            ("cafe192.0.2.1", "cafe\(four)"), ("192.0.2.1 -> 192.0.2.1", "\(four) -> \(four)"),
        ] { #expect(hider.hidden(text) == hidden, "\(text)") }
    }
}
