/// Parts of scripts that speak TCP by hand.
enum EventsScripts {
    /// Python: a TCP segment from port 5555 to port 4711.
    static let segments = """
        import socket, struct, sys, time
        def checksum(octets):
            octets += b"\\0" * (len(octets) % 2)
            total = sum(struct.unpack("!%dH" % (len(octets) // 2), octets))
            while total >> 16: total = (total & 0xffff) + (total >> 16)
            return ~total & 0xffff
        def segment(source, target, flags, number, acknowledged, options, payload=b""):
            head = struct.pack("!HHIIBBHHH", 5555, 4711, number, acknowledged,
                (20 + len(options)) << 2, flags, 65535, 0, 0) + options + payload
            pseudo = socket.inet_aton(source) + socket.inet_aton(target)
            pseudo += struct.pack("!BBH", 0, 6, len(head))
            return head[:16] + struct.pack("!H", checksum(pseudo + head)) + head[18:]
        """

    /// A server in a namespace of its own, whose client answers the SYN-ACK late, or the second
    /// one. It writes the server's cookie and the time from SYN-ACK to answer, µs.
    static func handshake(
        seconds: Double, timestamps: Bool, answered: Int = 1, cookies: Bool = false
    ) -> String {
        """
        unshare -n sh -c 'ip link set lo up; ip addr add 10.0.0.1/32 dev lo
        ip route add 10.9.9.9 dev lo
        echo \(cookies ? 2 : 0) > /proc/sys/net/ipv4/tcp_syncookies
        exec python3 -' <<'END'
        \(segments)
        HERE, THERE = "10.0.0.1", "10.9.9.9"
        listener = socket.create_server((HERE, 4711))
        raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
        seen = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(0x0800))
        def send(flags, number, acknowledged, echoed):
            options = b"\\1\\1\\x08\\x0a" + struct.pack("!II", 7, echoed)
            text = segment(THERE, HERE, flags, number, acknowledged,
                options if \(timestamps ? 1 : 0) else b"")
            head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(text), 1, 0, 64, 6, 0,
                socket.inet_aton(THERE), socket.inet_aton(HERE))
            raw.sendto(head + text, (HERE, 0))
        send(2, 1000, 0, 0)
        awaited = \(answered)
        while awaited:
            packet = seen.recv(100)
            awaited -= packet[9] == 6 and packet[33] == 0x12
        before = time.monotonic_ns()
        number = struct.unpack("!I", packet[24:28])[0]
        echoed = struct.unpack("!I", packet[48:52])[0] if len(packet) >= 52 else 0
        time.sleep(\(seconds))
        send(16, 1001, number + 1, echoed)
        server = listener.accept()[0]
        print(int.from_bytes(server.getsockopt(socket.SOL_SOCKET, 57, 8), sys.byteorder))
        print((time.monotonic_ns() - before) // 1000)
        END
        """
    }

    /// A server in a namespace of its own, whose peer is made by hand: the handshake, then a script
    /// with the connection's socket `server`, its `cookie`, the octet that the server sends `next`,
    /// `send(flags, number, acknowledged, octets)`, which gives the time around it by the boot
    /// clock, and `answers()`, the flags of what the server sent since it was asked last. The
    /// peer's next octet is 1001.
    static func byHand(_ script: String) -> String {
        """
        unshare -n sh -c 'ip link set lo up; ip addr add 10.0.0.1/32 dev lo
        ip route add 10.9.9.9 dev lo
        exec python3 -' <<'END'
        \(segments)
        HERE, THERE = "10.0.0.1", "10.9.9.9"
        def now(): return time.clock_gettime_ns(time.CLOCK_BOOTTIME)
        listener = socket.create_server((HERE, 4711))
        raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
        seen = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(0x0800))
        seen.settimeout(0.1)
        def send(flags, number, acknowledged, octets=b""):
            text = segment(THERE, HERE, flags, number, acknowledged, b"", octets)
            head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(text), 1, 0, 64, 6, 0,
                socket.inet_aton(THERE), socket.inet_aton(HERE))
            before = now()
            raw.sendto(head + text, (HERE, 0))
            return before, now()
        def answers():
            found = {}
            try:
                while True:
                    packet = seen.recv(100)
                    if packet[9] == 6 and packet[12:16] == socket.inet_aton(HERE):
                        found[packet[33]] = struct.unpack("!I", packet[24:28])[0]
            except TimeoutError:
                return found
        send(2, 1000, 0)
        next = answers()[0x12] + 1
        send(16, 1001, next)
        server = listener.accept()[0]
        listener.close()
        cookie = int.from_bytes(server.getsockopt(socket.SOL_SOCKET, 57, 8), sys.byteorder)
        \(script)
        END
        """
    }
}
