import Model

/// Results as the commands would hand them over.
enum Sample {
    /// Sockets in ss's columns, with names that nobody should trust.
    static var sockets: ArrayCursor {
        ArrayCursor(
            columns: [
                Column("state", title: "State"),
                Column("recv_queue", title: "Recv-Q", kind: .number),
                Column("send_queue", title: "Send-Q", kind: .number),
                Column("local", title: "Local Address:Port"),
                Column("peer", title: "Peer Address:Port"),
                Column("pid", title: "PID", kind: .number),
                Column("comm", title: "Process"),
            ],
            rows: [
                row("ESTAB", 0, 36, "192.0.2.10:22", "198.51.100.77:50412", 1234, "sshd"),
                row("ESTAB", 1_048_576, 0, "127.0.0.1:5432", "127.0.0.1:41822", 70123, "postgres"),
                row(
                    "TIME-WAIT", 0, 0, "[2001:db8:85a3::8a2e:370:7334]:443",
                    "[2001:db8:ffff:ffff:ffff:ffff:ffff:1]:60999", nil, nil),
                row("CLOSE-WAIT", 1, 0, "10.0.0.5:8080", "10.0.0.9:33012", 812, "日本語サーバー"),
                row(
                    "ESTAB", 0, 0, "10.0.0.5:8081", "10.0.0.9:33013", 813, "a\u{1b}[31m\u{202e}\n|b"
                ),
                row("LISTEN", 0, 4096, "*:80", "*:*", 900, "nginx"),
            ])
    }

    private static func row(
        _ state: String, _ receive: Int64, _ send: Int64, _ local: String, _ peer: String,
        _ pid: Int64?, _ comm: String?
    ) -> [Cell] {
        [
            .text(state), .integer(receive), .integer(send), .text(local), .text(peer),
            pid.map { .integer($0) } ?? .null, comm.map { .text($0) } ?? .null,
        ]
    }

    /// One column of each kind.
    static var kinds: ArrayCursor {
        ArrayCursor(
            columns: [
                Column("name"), Column("connections", kind: .number),
                Column("coverage", kind: .ratio), Column("file", kind: .bytes),
                Column("lifetime_s", kind: .seconds), Column("rtt_us", kind: .microseconds),
                Column("opened_us", kind: .moment), Column("opened_at", kind: .moment),
                Column("trend", kind: .series),
            ],
            rows: [
                [
                    .text("web"), .integer(1_234_567), .real(0.99996), .integer(1_258_291),
                    .real(0.00125), .integer(250), .integer(1_795_403_520_123_456),
                    .text("2026-11-23T03:12:00.123456Z"), .text("[0, 1, 2, null, 8, 4.5]"),
                ],
                [
                    .text("=1+1"), .integer(0), .integer(1), .integer(512), .real(11_520),
                    .integer(1_500_000), .integer(1_795_403_520_000_000),
                    .integer(1_795_403_520_000_000), .text("[]"),
                ],
                Array(repeating: .null, count: 9),
            ])
    }
}
