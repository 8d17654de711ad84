/// What a column's name means wherever it stands.
enum ColumnMeanings {
    /// Unit and meaning by name.
    static let shared: [String: (unit: String, meaning: String)] =
        identity.merging(times) { $1 }.merging(lives) { $1 }.merging(counts) { $1 }
        .merging(host) { $1 }.merging(kernel) { $1 }.merging(hours) { $1 }

    private static let identity: [String: (unit: String, meaning: String)] = [
        "connection_id": ("id", "One incarnation of a 4-tuple, as this host saw it."),
        "recording_id": ("id", "The recording that the row belongs to."),
        "sample_id": ("id", "The sample, ascending with time."),
        "transport": ("text", "Always tcp."),
        "family": ("text", "ipv4 or ipv6; IPv4 mapped into IPv6 is ipv4."),
        "netns": ("id", "The network namespace's cookie; NULL where the kernel has none."),
        "interface": ("id", "The interface that the socket is bound to; NULL for none."),
        "local_address": ("text", "The address at this host; NULL where none was known."),
        "local_port": ("port", "The port at this host; NULL where none was known."),
        "peer_address": ("text", "The address at the other end; NULL where unknown."),
        "peer_port": ("port", "The port at the other end; NULL where unknown."),
        "role": ("text", "client, server or unknown: which end this host is."),
        "process_id": ("id", "The owner, a row of processes; NULL where it was not seen."),
        "pid": ("id", "The owner's process id, not its thread's."),
        "comm": ("text", "The name that the owner gave itself; anyone may choose it."),
        "uid": ("id", "The owner's user id; NULL where only a mini-socket was seen."),
        "cookie": ("id", "The kernel's socket cookie; NULL where the source has none."),
        "state": ("text", "The TCP state, spelled as ss prints it."),
    ]

    private static let times: [String: (unit: String, meaning: String)] = [
        "sampled_us": ("µs", "When the sample's dump began, on the recording's axis."),
        "sampled_at": ("UTC", "When the sample's dump began, by the wall clock."),
        "from_us": ("µs", "When the row begins to hold."),
        "until_us": ("µs", "When the row ceases to hold."),
        "started_us": ("µs", "When it started."),
        "started_at": ("UTC", "When it started, by the wall clock."),
        "ended_us": ("µs", "When it ended; NULL while it runs."),
        "ended_at": ("UTC", "When it ended, by the wall clock."),
        "first_seen_us": ("µs", "When it was first seen."),
        "last_seen_us": ("µs", "When it was last seen."),
        "attempted_us": ("µs", "When the SYN was sent or received: the midpoint of its bounds."),
        "attempted_min_us": ("µs", "The earliest moment of the attempt."),
        "attempted_max_us": ("µs", "The latest moment of the attempt."),
        "opened_us": ("µs", "When it became ESTABLISHED: the midpoint of its bounds."),
        "opened_min_us": ("µs", "The earliest moment; NULL if open before the recording."),
        "opened_max_us": ("µs", "The latest moment; NULL if it never opened."),
        "opened_at": ("UTC", "opened_us by the wall clock."),
        "closed_us": ("µs", "When the full socket ended: the midpoint of its bounds."),
        "closed_min_us": (
            "µs", "The earliest moment; the last sight if it outlived its recording."
        ),
        "closed_max_us": ("µs", "The latest moment; NULL if it outlived its recording."),
        "closed_at": ("UTC", "closed_us by the wall clock."),
        "entered_us": ("µs", "When the state was entered: the midpoint of its bounds."),
        "entered_min_us": ("µs", "The earliest moment of the entry."),
        "entered_max_us": ("µs", "The latest moment of the entry."),
        "entered_at": ("UTC", "entered_us by the wall clock."),
        "left_us": ("µs", "When the state was left: the midpoint of its bounds."),
        "left_min_us": ("µs", "The earliest moment; the last sight while it lasts."),
        "left_max_us": ("µs", "The latest moment; NULL while it lasts."),
        "at_us": ("µs", "When it happened."),
        "offset_us": ("µs", "By how much the wall clock jumped; negative: backwards."),
    ]

    private static let lives: [String: (unit: String, meaning: String)] = [
        "closed_by": ("text", "Who closed first, or reset: local, peer, both or unknown."),
        "close_kind": (
            "text",
            "fin, reset, refused, connect_timeout, timeout, aborted, not_sent (no local port was "
                + "free, or no route led there), unreachable or unknown."
        ),
        "bytes_sent": ("octets", "Payload that the peer acknowledged."),
        "bytes_received": ("octets", "Payload received; NULL where the kernel zeroed it."),
        "retransmits": ("count", "Segments sent again."),
        "rtt_us": ("µs", "The smoothed round-trip time, as last seen."),
        "recv_queue_peak": ("octets", "The most seen unread by the application."),
        "send_queue_peak": ("octets", "The most seen not yet acknowledged."),
        "lifetime_s": ("s", "Midway between the bounds that follow; NULL where either is unknown."),
        "lifetime_min_s": ("s", "The shortest lifetime that the bounds allow."),
        "lifetime_max_s": ("s", "The longest lifetime that the bounds allow."),
        "censoring": ("text", "none, left (open before), right (open after) or both."),
        "duration_s": ("s", "left_us less entered_us; NULL where either is unknown."),
        "duration_min_s": ("s", "The shortest stay that the bounds allow."),
        "duration_max_s": ("s", "The longest stay that the bounds allow."),
        "restarts": ("count", "How often a late segment restarted the 60 s."),
        "ended_by": (
            "text",
            "expired, reused, cut_short, open (there at the end), unobserved, or no_room: there "
                + "was none, its table was full."
        ),
    ]

    private static let counts: [String: (unit: String, meaning: String)] = [
        "established": ("count", "Sockets in ESTAB."),
        "syn_sent": ("count", "Sockets in SYN-SENT."),
        "syn_recv": ("count", "In SYN-RECV, half-open requests too; NULL without a dump."),
        "fin_wait1": ("count", "Sockets in FIN-WAIT-1."),
        "fin_wait2": ("count", "Sockets in FIN-WAIT-2."),
        "time_wait": ("count", "Sockets in TIME-WAIT."),
        "close_wait": ("count", "Sockets in CLOSE-WAIT."),
        "last_ack": ("count", "Sockets in LAST-ACK."),
        "closing": ("count", "Sockets in CLOSING."),
        "listen": ("count", "Sockets in LISTEN."),
        "total": ("count", "TCP sockets in any state that is known."),
        "sockets": ("count", "TCP sockets of all namespaces; NULL where the dump broke."),
        "complete": ("0 or 1", "Whether the table is whole."),
        "basis": ("text", "dump: the kernel's table was walked; ledger: what was known."),
        "dump_us": ("µs", "How long the dump took; NULL without one."),
        "allocated": ("count", "File handles in use on the host."),
        "unused": ("count", "Allocated handles not in use; 0 since Linux 2.6."),
        "maximum": ("count", "File handles that the host allows (fs.file-max)."),
        "open_fds": ("count", "Descriptors that the process had open."),
        "peak_fds": ("count", "The most descriptors seen while the row holds."),
        "soft_limit": ("count", "RLIMIT_NOFILE, soft; 9223372036854775807 for unlimited."),
        "hard_limit": ("count", "RLIMIT_NOFILE, hard; 9223372036854775807 for unlimited."),
        "backlog": ("count", "How many connections may wait to be accepted."),
        "queue_peak": ("count", "The most seen waiting to be accepted."),
        "accepted": ("count", "Connections recorded that it accepted: a lower bound."),
        "events": ("count", "Rows, messages or events taken from it."),
        "lost": ("count", "Of these, lost; NULL where the source cannot tell."),
    ]

    private static let host: [String: (unit: String, meaning: String)] = [
        "recording_uuid": ("text", "The recording's name across files."),
        "host": ("text", "The host's name."),
        "boot_id": ("text", "The boot that the host was in."),
        "kernel": ("text", "The kernel's release."),
        "version": ("text", "The version of socktape that recorded."),
        "interval_us": ("µs", "How far apart samples were meant to be."),
        "end_reason": ("text", "stopped, crashed, …; NULL while it runs."),
        "executable": ("text", "The program's file; NULL where hidden."),
        "cgroup": ("text", "The path in the unified cgroup hierarchy."),
        "unit": ("text", "The systemd unit that the cgroup names."),
        "container": ("text", "The container id that the cgroup names."),
        "listener_id": ("id", "The listening socket."),
        "inode": ("id", "The namespace's inode: reused at once, so no identity."),
        "name": ("text", "Its name."),
        "value": ("text", "Its value, as the kernel prints it."),
        "source": ("text", "What was looked at, such as sock_diag."),
        "reason": ("text", "Why, one sentence; NULL where nothing is to be said."),
    ]
}
