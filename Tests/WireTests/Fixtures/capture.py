"""Records sock_diag messages of known sockets as annotated Swift arrays and as fuzzing seeds.

Run as root in a network namespace of its own, see README.md.
What the sockets are is told by this script and by getsockopt and fstat, not by sock_diag.
"""
import os
import pathlib
import socket
import struct
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).parent
CORPUS = HERE.parents[2] / "Fuzz" / "corpus" / "netlink"
UID = 1234
SO_COOKIE = 57
keep = []

INFO = """B:state B:ca_state B:retransmits B:probes B:backoff B:options B:wscale B:flags
I:rto I:ato I:snd_mss I:rcv_mss I:unacked I:sacked I:lost I:retrans I:fackets
I:last_data_sent I:last_ack_sent I:last_data_recv I:last_ack_recv
I:pmtu I:rcv_ssthresh I:rtt I:rttvar I:snd_ssthresh I:snd_cwnd I:advmss I:reordering
I:rcv_rtt I:rcv_space I:total_retrans Q:pacing_rate Q:max_pacing_rate Q:bytes_acked
Q:bytes_received I:segs_out I:segs_in I:notsent_bytes I:min_rtt I:data_segs_in I:data_segs_out
Q:delivery_rate Q:busy_time Q:rwnd_limited Q:sndbuf_limited I:delivered I:delivered_ce
Q:bytes_sent Q:bytes_retrans I:dsack_dups I:reord_seen I:rcv_ooopack I:snd_wnd""".split()
ATTRIBUTES = {1: "MEMINFO", 2: "INFO", 4: "CONG", 5: "TOS", 6: "TCLASS", 7: "SKMEMINFO",
              8: "SHUTDOWN", 10: "PROTOCOL", 11: "SKV6ONLY", 15: "MARK", 17: "CLASS_ID", 19: "ULP_INFO",
              21: "CGROUP_ID", 22: "SOCKOPT"}
SIZES = {"i": 4, "B": 1, "H": 2, "I": 4, "Q": 8, ">H": 2, "16": 16}


def ask(request_type, flags, body):
    """One request; the datagrams of the answer."""
    link = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 4)
    link.bind((0, 0))
    length = 16 + len(body)
    link.send(struct.pack("=IHHII", length, request_type, flags, 7, 0) + body)
    answer = []
    while True:
        datagram = link.recv(1 << 16)
        answer.append(datagram)
        last = [kind for kind, _ in messages(datagram)][-1]
        if last in (2, 3) or not flags & 0x300:
            return link.getsockname()[0], answer


def messages(datagram):
    offset = 0
    while offset < len(datagram):
        length, kind = struct.unpack_from("=IH", datagram, offset)
        yield kind, datagram[offset:offset + length]
        offset += (length + 3) & ~3


def pair(family, host, port, client_port, device=None, listener_host=None):
    """A listener, and a connection to it: (listener, client, server)."""
    os.seteuid(UID)
    listener = socket.socket(family if listener_host is None else socket.AF_INET6)
    listener.bind((listener_host or host, port))
    listener.listen(5)
    client = socket.socket(family)
    if device:
        os.seteuid(0)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, device)
        os.seteuid(UID)
    client.bind((host, client_port))
    client.connect((host, port))
    server, _ = listener.accept()
    os.seteuid(0)
    keep.extend([listener, client, server])
    return listener, client, server


def cookie(sock):
    return struct.unpack("=Q", sock.getsockopt(socket.SOL_SOCKET, SO_COOKIE, 8))[0]


def truth(sock):
    return {"cookie": cookie(sock), "inode": os.fstat(sock.fileno()).st_ino, "uid": UID}


def annotate(message):
    """Lines of (octets, comment) for one netlink message."""
    lines, offset = [], 0

    def take(code, name):
        nonlocal offset
        size = SIZES[code]
        octets = message[offset:offset + size]
        offset += size
        if code == "16":
            family = socket.AF_INET if message[16] == 2 else socket.AF_INET6
            text = socket.inet_ntop(family, octets[:4] if message[16] == 2 else octets)
        else:
            text = struct.unpack(code if code.startswith(">") else "=" + code, octets)[0]
        lines.append((octets, f"{name} {text}"))

    for field in "I:nlmsg_len H:nlmsg_type H:nlmsg_flags I:nlmsg_seq I:nlmsg_pid".split():
        take(*field.split(":"))
    if struct.unpack_from("=H", message, 4)[0] in (2, 3):
        take("i", "error")
        while offset < len(message):
            take("I", f"request +{offset - 20}")
        return lines
    for field in ("B:family B:state B:timer B:retrans >H:sport >H:dport 16:src 16:dst I:if "
                  "I:cookie[0] I:cookie[1] I:expires I:rqueue I:wqueue I:uid I:inode").split():
        code, name = field.split(":")
        take(code, "idiag_" + name)
    while offset < len(message):
        length, kind = struct.unpack_from("=HH", message, offset)
        end = offset + length
        take("H", "nla_len")
        take("H", f"nla_type INET_DIAG_{ATTRIBUTES.get(kind & 0x3fff, '?')}")
        if kind == 2:
            for field in INFO:
                code, name = field.split(":")
                if end - offset >= SIZES[code]:
                    take(code, "tcpi_" + name)
        while end - offset >= 4:
            take("I", "value")
        while offset < min((end + 3) & ~3, len(message)):
            take("B", "value" if offset < end else "padding")
    return lines


def emit(name, message, facts, about):
    path = HERE / f"Capture+{name}.swift"
    body = []
    for octets, comment in annotate(message):
        text = " ".join(f"0x{octet:02x}," for octet in octets)
        while len(text) > 40:
            cut = text.rindex(",", 0, 40) + 1
            body.append("            " + text[:cut])
            text = text[cut + 1:]
        body.append(f"            {text}  // {comment}")
    values = "".join(f",\n        {key}: {value}" for key, value in facts.items())
    identifier = name[0].lower() + name[1:]
    path.write_text(
        f"// Recorded by capture.py, see README.md.\n\nextension Capture {{\n"
        f"    /// {about}\n    static let {identifier} = Capture(\n        bytes: [\n"
        + "\n".join(body) + f"\n        ]{values})\n}}\n")
    (CORPUS / f"{identifier}.bin").write_bytes(message)


def destroyed():
    """The message of a server's socket as it goes, after a talk of 100 and 50 octets."""
    link = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 4)
    link.bind((0, 0))
    link.setsockopt(270, 1, 1)  # SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, SKNLGRP_INET_TCP_DESTROY
    _, client, server = pair(socket.AF_INET, "127.0.0.1", 40008, 50008)
    client.sendall(b"x" * 100)
    server.recv(100)
    server.sendall(b"y" * 50)
    client.recv(50)
    time.sleep(0.1)
    facts = {"port": 0, "cookie": cookie(server), "receiveQueue": 1, "sendQueue": 0,
             "bytesReceived": 101, "bytesAcknowledged": 51}
    client.close()
    time.sleep(0.1)
    server.close()
    wanted = struct.pack("=Q", facts["cookie"])
    message = link.recv(1 << 16)
    while message[60:68] != wanted:
        message = link.recv(1 << 16)
    emit("Destroyed4", message, facts,
         "A server's socket after the last FIN, sent to SKNLGRP_INET_TCP_DESTROY.")


def main():
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    veth = ["ip", "link", "add", "dummy0", "type", "veth", "peer", "name", "dummy1"]
    subprocess.run(veth, check=True)
    subprocess.run(["ip", "link", "set", "dummy1", "up"], check=True)
    subprocess.run(["ip", "addr", "add", "192.0.2.1/24", "dev", "dummy0"], check=True)
    subprocess.run(["ip", "link", "set", "dummy0", "up"], check=True)
    wanted = {}
    listener, client, server = pair(socket.AF_INET, "127.0.0.1", 40001, 50001)
    client.sendall(b"x" * 100)
    time.sleep(0.05)
    server.recv(40)
    waiting = socket.create_connection(("127.0.0.1", 40001))
    keep.append(waiting)
    wanted["Established4"] = (40001, 50001, truth(server) | {
        "receiveQueue": 60, "bytesReceived": 100, "bytesAcknowledged": 0},
        "The accepting side, IPv4: 100 octets received, 40 of them read.")
    wanted["Client4"] = (50001, 40001, truth(client) | {
        "receiveQueue": 0, "bytesReceived": 0, "bytesAcknowledged": 101},
        "The connecting side, IPv4: 100 octets and its SYN acknowledged.")
    wanted["Listen4"] = (40001, 0, truth(listener) | {"receiveQueue": 1, "sendQueue": 5},
                         "A listener, backlog 5, one connection not yet accepted.")
    _, client, _ = pair(socket.AF_INET6, "::1", 40002, 50002, device=b"lo")
    wanted["Established6"] = (50002, 40002, truth(client) | {"interface": 1},
                              "The connecting side, IPv6, bound to the interface lo.")
    _, _, server = pair(socket.AF_INET, "127.0.0.1", 40003, 50003, listener_host="::")
    wanted["Mapped"] = (40003, 50003, truth(server), "IPv4 over a dual-stack IPv6 listener.")
    _, client, server = pair(socket.AF_INET, "127.0.0.1", 40004, 50004)
    facts = {"cookie": cookie(client)}
    client.close()
    time.sleep(0.05)
    server.close()
    wanted["TimeWait"] = (50004, 40004, facts, "TIME_WAIT of the side that closed first.")
    _, client, server = pair(socket.AF_INET, "127.0.0.1", 40005, 50005)
    facts = {"cookie": cookie(client)}
    client.close()
    wanted["FinWait2"] = (50005, 40005, facts,
                          "FIN_WAIT2 without an owner, a mini-socket; the peer is half-closed.")
    os.seteuid(UID)
    client = socket.socket()
    client.setblocking(False)
    client.bind(("192.0.2.1", 50006))
    client.connect_ex(("192.0.2.99", 40006))
    os.seteuid(0)
    keep.append(client)
    wanted["SynSent"] = (50006, 40006, truth(client), "A connect that nobody answers.")
    time.sleep(0.2)

    port, answer = ask(18, 0x301, struct.pack("=BBBB48xII", 2, 0, 0, 2, 0xfff, 0))
    for name, (local, peer, facts, about) in wanted.items():
        for datagram in answer:
            for kind, message in messages(datagram):
                if kind == 18 and struct.unpack_from(">HH", message, 20) == (local, peer):
                    emit(name, message, {"port": port} | facts, about)
    for index, datagram in enumerate(answer):
        (CORPUS / f"dump-{index}.bin").write_bytes(datagram)
    done = list(messages(answer[-1]))[-1][1]
    emit("Done", done, {"port": port}, "The end of a dump.")
    key = struct.pack(">HH", 40001, 50001) + socket.inet_aton("127.0.0.1") + bytes(12)
    key += socket.inet_aton("127.0.0.1") + bytes(12) + struct.pack("=III", 0, 1, 1)
    port, answer = ask(20, 0x1, struct.pack("=BBBBI", 2, 6, 2, 0, 0xffffffff) + key)
    emit("NoEntry", answer[0], {"port": port}, "The answer to a request with a wrong cookie.")

    os.seteuid(UID)
    datagram = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    datagram.bind(("::1", 50007))
    os.seteuid(0)
    facts = truth(datagram)
    port, answer = ask(20, 0x301, struct.pack("=BBBBI48x", 10, 17, 0, 0, 0xffffffff))
    emit("Datagram6", next(messages(answer[0]))[1], {"port": port} | facts,
         "A UDP socket bound to ::1.")
    destroyed()


if __name__ == "__main__":
    CORPUS.mkdir(parents=True, exist_ok=True)
    sys.exit(main())
