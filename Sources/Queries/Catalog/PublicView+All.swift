extension PublicView {
    private static let identity = """
        connection_id recording_id transport family netns interface local_address local_port \
        peer_address peer_port role process_id pid comm uid cookie
        """

    /// Every public view, in the order in which a newcomer reads them.
    package static let all =
        recordingViews + connectionViews + hostViews + proofViews + hourlyViews

    private static let recordingViews = [
        PublicView(
            "recordings", "One run of the recorder.", start: "started_us",
            finish: "coalesce(ended_us, 9223372036854775807)",
            columns: """
                recording_id recording_uuid host boot_id kernel version interval_us started_us \
                started_at ended_us ended_at end_reason
                """),
        PublicView(
            "samples", "One look at the socket table.", start: "sampled_us",
            columns: "sample_id recording_id sampled_us sampled_at basis dump_us sockets complete"),
        PublicView(
            "state_counts", "Sockets by state, at one sample in one namespace.",
            start: "sampled_us",
            columns: """
                sample_id recording_id netns sampled_us sampled_at established syn_sent syn_recv \
                fin_wait1 fin_wait2 time_wait close_wait last_ack closing listen total
                """),
    ]

    private static let connectionViews = [
        PublicView(
            "connections", "One incarnation of a 4-tuple, from its SYN on.",
            start: "coalesce(attempted_min_us, opened_min_us, -9223372036854775808)",
            finish: "coalesce(closed_max_us, closed_min_us, 9223372036854775807)",
            columns: identity + """
                 state attempted_us attempted_min_us attempted_max_us opened_us opened_min_us \
                opened_max_us opened_at closed_us closed_min_us closed_max_us closed_at closed_by \
                close_kind bytes_sent bytes_received retransmits rtt_us recv_queue_peak \
                send_queue_peak
                """,
            meanings: ["state": "The last state seen, spelled as ss prints it."]),
        PublicView(
            "lifetimes", "How long a connection that opened lived, opened to closed.",
            start: "coalesce(opened_us, -9223372036854775808)",
            finish: "coalesce(closed_us, 9223372036854775807)",
            columns: identity + """
                 opened_us closed_us lifetime_s lifetime_min_s lifetime_max_s censoring closed_by \
                close_kind
                """),
        PublicView(
            "time_waits", "One stay in TIME-WAIT.",
            start: "coalesce(entered_min_us, entered_max_us)",
            finish: "coalesce(left_max_us, left_min_us, 9223372036854775807)",
            columns: identity + """
                 entered_us entered_min_us entered_max_us entered_at left_us left_min_us \
                left_max_us duration_s duration_min_s duration_max_s restarts ended_by
                """),
        PublicView(
            "state_history", "One stay of one connection in one state.",
            start: "coalesce(entered_min_us, -9223372036854775808)",
            finish: "coalesce(left_max_us, left_min_us, 9223372036854775807)",
            columns: identity + """
                 state entered_us entered_min_us entered_max_us entered_at left_us left_min_us \
                left_max_us duration_s
                """),
        PublicView(
            "socket_table", "One socket as it stood at one sample; many rows: ask by sample_id.",
            start: "sampled_us",
            columns: "sample_id sampled_us sampled_at basis state " + identity,
            meanings: ["connection_id": "The connection; NULL for LISTEN."]),
        PublicView(
            "missed_sockets", "A socket that was there at a sample although its dump missed it.",
            columns: "sample_id connection_id"),
        PublicView(
            "socket_owners", "A process while it held a connection's socket.", start: "from_us",
            finish: "coalesce(until_us, 9223372036854775807)",
            columns: "connection_id process_id from_us until_us"),
    ]

    private static let hostViews = [
        PublicView(
            "listeners", "A listening socket.", start: "first_seen_us", finish: "last_seen_us",
            columns: """
                listener_id recording_id netns local_address local_port process_id pid comm \
                first_seen_us last_seen_us backlog queue_peak accepted
                """),
        PublicView(
            "udp_sockets", "A bound UDP socket.", start: "first_seen_us", finish: "last_seen_us",
            columns: """
                recording_id netns family local_address local_port peer_address peer_port \
                process_id pid comm uid first_seen_us last_seen_us
                """),
        PublicView(
            "processes", "A process that held a socket or was counted.", start: "first_seen_us",
            finish: "last_seen_us",
            columns: """
                process_id recording_id pid started_us comm executable uid cgroup unit container \
                first_seen_us last_seen_us
                """),
        PublicView(
            "process_fds", "A stretch in which a process had about so many descriptors open.",
            start: "from_us", finish: "until_us",
            columns: """
                recording_id process_id pid comm from_us until_us open_fds peak_fds soft_limit \
                hard_limit
                """),
        PublicView(
            "fd_counts", "File handles of the whole host at one sample.", start: "sampled_us",
            columns: "sample_id recording_id sampled_us sampled_at allocated unused maximum"),
        PublicView(
            "sockstat", "The kernel's own gauges of one namespace (/proc/net/sockstat).",
            start: "sampled_us",
            columns: """
                sample_id recording_id netns sampled_us sampled_at sockets_used tcp_inuse \
                tcp_orphans tcp_time_wait tcp_allocated tcp_memory_pages udp_inuse \
                udp_memory_pages
                """),
        PublicView(
            "kernel_counters", "The kernel's counters of one namespace, as they count since boot.",
            start: "sampled_us",
            columns: """
                sample_id recording_id netns sampled_us active_opens passive_opens attempt_fails \
                estab_resets retrans_segs listen_overflows listen_drops time_wait_entries \
                time_wait_overflow
                """),
        PublicView(
            "kernel_limits", "A kernel setting while it had one value.", start: "from_us",
            finish: "coalesce(until_us, 9223372036854775807)",
            columns: "recording_id netns name value from_us until_us",
            meanings: [
                "name": "The setting, by the last part of its sysctl name.",
                "netns": "The network namespace; NULL for a setting of the whole host.",
            ]),
        PublicView(
            "namespaces", "A network namespace.", start: "first_seen_us", finish: "last_seen_us",
            columns: "netns recording_id inode name first_seen_us last_seen_us",
            meanings: ["name": "Its name where `ip netns` gave it one."]),
    ]

    private static let proofViews = [
        PublicView(
            "coverage", "What the kernel counted and what was recorded, an hour and a namespace.",
            start: "from_us", finish: "until_us",
            columns: """
                recording_id netns from_us until_us active_kernel active_recorded passive_kernel \
                passive_recorded unattributed kernel_opens recorded_opens ratio
                """),
        PublicView(
            "coverage_steps",
            "What the kernel counted and what was recorded, from one reading of the counters to "
                + "the next, a namespace.",
            start: "from_us", finish: "until_us",
            columns: """
                sample_id recording_id netns from_us until_us hour active_kernel active_recorded \
                passive_kernel passive_recorded unattributed
                """,
            meanings: [
                "sample_id": "The sample that ends the step.",
                "hour": "The hour of the wall clock in which the step ends, counted from 1970.",
            ]),
        PublicView(
            "sources", "A source while it worked in one way.", start: "from_us",
            finish: "coalesce(until_us, 9223372036854775807)",
            columns: "recording_id source from_us until_us events lost reason"),
        PublicView(
            "gaps", "A stretch of time without samples, or whose connections are counts only.",
            start: "from_us", finish: "until_us",
            columns: "recording_id from_us until_us reason",
            meanings: ["recording_id": "The recording that noticed it."]),
        PublicView(
            "clock_steps", "A step of the wall clock against the boot clock.", start: "at_us",
            columns: "recording_id at_us offset_us"),
        PublicView(
            "recorder_health", "How the recorder itself fared, at one sample.",
            start: "sampled_us",
            columns: """
                recording_id sampled_us lag_us write_us backlog_bytes late_events drift \
                memory_bytes file_bytes
                """),
    ]
}
