import Model
import Testing

@Suite("Addresses")
struct IPAddressTests {
    @Test(
        "are written as RFC 5952 asks, whatever form they were typed in",
        arguments: [
            ("192.0.2.7", "192.0.2.7"), ("::", "::"), ("::1", "::1"), ("0.0.0.0", "0.0.0.0"),
            ("2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"), ("fe80:0:0:0:1:2:3:4", "fe80::1:2:3:4"),
            ("1:0:2:3:4:5:6:7", "1:0:2:3:4:5:6:7"), ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"),
            ("::ffff:10.1.2.3", "10.1.2.3"), ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"),
        ])
    func canonicalText(typed: String, expected: String) {
        #expect(IPAddress(typed)?.description == expected)
    }

    @Test(
        "that are not addresses are refused",
        arguments: [
            "", "1.2.3", "1.2.3.256", "1.2.3.4.5", "1:2", ":::", "1::2::3", "g::", "12345::",
            "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::", "1.2.3.+4", "::1.2.3", "1.2.3.4::",
        ])
    func refused(typed: String) {
        #expect(IPAddress(typed) == nil)
    }
}
