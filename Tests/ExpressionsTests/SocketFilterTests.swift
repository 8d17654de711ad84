import Expressions
import Model
import Testing

@Suite("Filters for sockets")
struct SocketFilterTests {
    @Test(
        "understand every name and group of ss(8)",
        arguments: [
            ("established", ["ESTAB"]), ("ESTAB", ["ESTAB"]), ("time-wait", ["TIME-WAIT"]),
            ("TIME_WAIT", ["TIME-WAIT"]), ("fin-wait-1", ["FIN-WAIT-1"]),
            ("FIN_WAIT2", ["FIN-WAIT-2"]), ("listening", ["LISTEN"]), ("closed", ["UNCONN"]),
            ("syn-sent,last-ack", ["SYN-SENT", "LAST-ACK"]), ("bucket", ["SYN-RECV", "TIME-WAIT"]),
            (
                "connected",
                [
                    "ESTAB", "SYN-SENT", "SYN-RECV", "FIN-WAIT-1", "FIN-WAIT-2", "TIME-WAIT",
                    "CLOSE-WAIT", "LAST-ACK", "CLOSING",
                ]
            ),
            (
                "synchronized",
                [
                    "ESTAB", "SYN-RECV", "FIN-WAIT-1", "FIN-WAIT-2", "TIME-WAIT", "CLOSE-WAIT",
                    "LAST-ACK", "CLOSING",
                ]
            ),
            (
                "big",
                [
                    "ESTAB", "SYN-SENT", "FIN-WAIT-1", "FIN-WAIT-2", "UNCONN", "CLOSE-WAIT",
                    "LAST-ACK", "LISTEN", "CLOSING",
                ]
            ),
        ])
    func states(typed: String, names: [String]) throws {
        let filter = try SocketFilter(states: [typed])
        #expect(filter.condition().arguments == names.map { .text($0) })
        #expect(filter.columns == ["state"])
    }

    @Test(
        "become a condition over the views' columns",
        arguments: [
            (["10.0.0.0/8"], "socktape_in_prefix(local_address, ?, ?)", ["10.0.0.0", "8"]),
            (["10.9.8.7/8"], "socktape_in_prefix(local_address, ?, ?)", ["10.0.0.0", "8"]),
            (["192.0.2.1"], "local_address = ?", ["192.0.2.1"]),
            (["192.0.2.1/32"], "local_address = ?", ["192.0.2.1"]),
            (["192.0.2.1:80"], "local_address = ? AND local_port = ?", ["192.0.2.1", "80"]),
            ([":443"], "local_port = ?", ["443"]), (["*:80"], "local_port = ?", ["80"]),
            (["[::1]:443"], "local_address = ? AND local_port = ?", ["::1", "443"]),
            (["::1"], "local_address = ?", ["::1"]),
            (["[2001:DB8::]/32"], "socktape_in_prefix(local_address, ?, ?)", ["2001:db8::", "32"]),
            (
                ["[2001:db8::/32]:53"],
                "socktape_in_prefix(local_address, ?, ?) AND local_port = ?",
                ["2001:db8::", "32", "53"]
            ),
            (
                ["2001:db8:ffff::1/32"], "socktape_in_prefix(local_address, ?, ?)",
                ["2001:db8::", "32"]
            ),
            (
                ["::ffff:10.0.0.0/104"], "socktape_in_prefix(local_address, ?, ?)",
                ["10.0.0.0", "8"]
            ),
            ([":80", ":443"], "(local_port = ? OR local_port = ?)", ["80", "443"]),
            (
                ["127.0.0.1:80", ":443"],
                "((local_address = ? AND local_port = ?) OR local_port = ?)",
                ["127.0.0.1", "80", "443"]
            ),
            (["*"], "1", []), (["*:*"], "1", []), (["*", ":80"], "1", []),
        ])
    func local(typed: [String], text: String, arguments: [String]) throws {
        let condition = try SocketFilter(local: typed).condition()
        #expect(condition.text == text)
        #expect(
            condition.arguments == arguments.map { Int64($0).map { .integer($0) } ?? .text($0) })
    }

    @Test("of different kinds narrow each other")
    func together() throws {
        let filter = try SocketFilter(
            states: ["estab"], peer: ["*:5432"], ports: ["80", "443"], processes: ["nginx"],
            pids: ["7"], roles: ["Server", "unknown"])
        let condition = filter.condition(table: "c")
        #expect(
            condition.text
                == "c.state = ? AND c.peer_port = ? "
                + "AND (c.local_port IN (?, ?) OR c.peer_port IN (?, ?)) "
                + "AND c.comm = ? AND c.pid = ? AND c.role IN (?, ?)")
        #expect(
            condition.arguments == [
                .text("ESTAB"), .integer(5432), .integer(80), .integer(443), .integer(80),
                .integer(443), .text("nginx"), .integer(7), .text("server"), .text("unknown"),
            ])
        #expect(
            filter.columns == ["state", "peer_port", "local_port", "comm", "pid", "role"])
    }

    @Test("without words want everything")
    func empty() throws {
        #expect(SocketFilter().condition() == SQLCondition(text: "1", arguments: []))
        #expect(try SocketFilter(states: ["all"], local: ["*"]).isEmpty)
        #expect(try SocketFilter(states: ["all"], local: ["*"]).columns.isEmpty)
        #expect(try !SocketFilter(pids: ["1"]).isEmpty)
    }

    @Test("compare a process's name as the kernel keeps it")
    func processes() throws {
        let names = ["systemd-resolved", "postgres*", "[kworker]*", "[kworker]"]
        let conditions = try names.map { try SocketFilter(processes: [$0]).condition() }
        #expect(
            conditions[0] == SQLCondition(text: "comm = ?", arguments: [.text("systemd-resolve")]))
        #expect(conditions[1] == SQLCondition(text: "comm GLOB ?", arguments: [.text("postgres*")]))
        #expect(
            conditions[2] == SQLCondition(text: "comm GLOB ?", arguments: [.text("[[]kworker]*")]))
        #expect(conditions[3] == SQLCondition(text: "comm = ?", arguments: [.text("[kworker]")]))
    }

    @Test(
        "that make no sense are refused in one line",
        arguments: [
            "", "10.0.0.0/33", "10.0.0/8", "::1/129", "[::1", "[::1]443", "[10.0.0.1]:80",
            "10.0.0.1:65536", "10.0.0.1:http", "localhost", "10.0.0.0/-1", "10.0.0.0/", ":+80",
            "fe80::1%eth0", "2001:db8::/32:443", "::ffff:10.0.0.0/95",
        ])
    func refused(typed: String) {
        #expect {
            try SocketFilter(local: [typed])
        } throws: {
            let text = "\($0)"
            return text.hasPrefix("cannot read ") && text.contains("; try ")
                && !text.contains("\n")
        }
    }

    @Test("name what is accepted for states, ports, pids and roles")
    func refusedWords() {
        #expect(throws: ExpressionError.self) { try SocketFilter(states: ["open"]) }
        #expect(throws: ExpressionError.self) { try SocketFilter(states: ["estab,"]) }
        #expect(throws: ExpressionError.self) { try SocketFilter(ports: ["http"]) }
        #expect(throws: ExpressionError.self) { try SocketFilter(pids: ["0"]) }
        #expect(throws: ExpressionError.self) { try SocketFilter(roles: ["peer"]) }
        #expect(throws: ExpressionError.self) { try SocketFilter(processes: [""]) }
    }
}

@Suite("Address ranges")
struct AddressPrefixTests {
    @Test(
        "hold the addresses that share their first bits, and never another family's",
        arguments: [
            ("10.1.2.3", "10.0.0.0", 8, true), ("11.0.0.0", "10.0.0.0", 8, false),
            ("192.0.2.129", "192.0.2.128", 25, true), ("192.0.2.127", "192.0.2.128", 25, false),
            ("1.2.3.4", "0.0.0.0", 0, true), ("::1", "0.0.0.0", 0, false), ("::1", "::", 0, true),
            ("1.2.3.4", "::", 0, false), ("2001:db8::1", "2001:db8::", 32, true),
            ("2001:db9::1", "2001:db8::", 32, false), ("fe80::1:2", "fe80::1:0", 112, true),
            ("fe80::2:2", "fe80::1:0", 112, false), ("fe80::1", "fe80::", 64, true),
            ("fe80:0:0:1::1", "fe80::", 64, false), ("fe80::ff00:0:0:1", "fe80::", 64, true),
            ("fe80::100:0:0:1", "fe80::", 72, false), ("::1", "::1", 128, true),
            ("::ffff:10.1.1.1", "10.0.0.0", 8, true), ("x", "10.0.0.0", 8, false),
            ("10.0.0.1", "x", 8, false), ("10.0.0.1", "10.0.0.0", 33, false),
            ("10.0.0.1", "10.0.0.0", -1, false), ("10.0.0.1", "10.0.0.0", Int64.max, false),
        ] as [(String, String, Int64, Bool)])
    func contains(address: String, prefix: String, length: Int64, expected: Bool) {
        #expect(AddressPrefix.holds(address: address, prefix: prefix, length: length) == expected)
    }
}
