// Recorded by capture.py, see README.md.

extension Capture {
    /// The end of a dump.
    static let done = Capture(
        bytes: [
            0x14, 0x00, 0x00, 0x00,  // nlmsg_len 20
            0x03, 0x00,  // nlmsg_type 3
            0x02, 0x00,  // nlmsg_flags 2
            0x07, 0x00, 0x00, 0x00,  // nlmsg_seq 7
            0xa2, 0x05, 0x00, 0x00,  // nlmsg_pid 1442
            0x00, 0x00, 0x00, 0x00,  // error 0
        ],
        port: 1442)
}
