import GRDB
import Testing

@testable import Store

@Suite("Columns of the public views")
struct ViewColumnsTests {
    static let identity = """
        connection_id, recording_id, transport, family, netns, interface, local_address, \
        local_port, peer_address, peer_port, role, process_id, pid, comm, uid, cookie
        """
    static let hourly = """
        recording_id, hour, hour_at, netns, comm, role, service_port, closed_by, close_kind
        """
    static let contract: [String: String] = [
        "recordings": """
        recording_id, recording_uuid, host, boot_id, kernel, version, interval_us, started_us, \
        started_at, ended_us, ended_at, end_reason
        """,
        "samples": """
        sample_id, recording_id, sampled_us, sampled_at, basis, dump_us, sockets, complete
        """,
        "state_counts": """
        sample_id, recording_id, netns, sampled_us, sampled_at, established, syn_sent, syn_recv, \
        fin_wait1, fin_wait2, time_wait, close_wait, last_ack, closing, listen, total
        """,
        "fd_counts": """
        sample_id, recording_id, sampled_us, sampled_at, allocated, unused, maximum
        """,
        "process_fds": """
        recording_id, process_id, pid, comm, from_us, until_us, open_fds, peak_fds, soft_limit, \
        hard_limit
        """,
        "processes": """
        process_id, recording_id, pid, started_us, comm, executable, uid, cgroup, unit, \
        container, first_seen_us, last_seen_us
        """,
        "connections": identity + """
            , state, attempted_us, attempted_min_us, attempted_max_us, opened_us, opened_min_us, \
            opened_max_us, opened_at, closed_us, closed_min_us, closed_max_us, closed_at, \
            closed_by, close_kind, bytes_sent, bytes_received, retransmits, rtt_us, \
            recv_queue_peak, send_queue_peak
            """,
        "lifetimes": identity + """
            , opened_us, closed_us, lifetime_s, lifetime_min_s, lifetime_max_s, censoring, \
            closed_by, close_kind
            """,
        "time_waits": identity + """
            , entered_us, entered_min_us, entered_max_us, entered_at, left_us, left_min_us, \
            left_max_us, duration_s, duration_min_s, duration_max_s, restarts, ended_by
            """,
        "state_history": identity + """
            , state, entered_us, entered_min_us, entered_max_us, entered_at, left_us, left_min_us, \
            left_max_us, duration_s
            """,
        "socket_table": "sample_id, sampled_us, sampled_at, basis, state, " + identity,
        "socket_owners": "connection_id, process_id, from_us, until_us",
        "listeners": """
        listener_id, recording_id, netns, local_address, local_port, process_id, pid, comm, \
        first_seen_us, last_seen_us, backlog, queue_peak, accepted
        """,
        "udp_sockets": """
        recording_id, netns, family, local_address, local_port, peer_address, peer_port, \
        process_id, pid, comm, uid, first_seen_us, last_seen_us
        """,
        "kernel_counters": """
        sample_id, recording_id, netns, sampled_us, active_opens, passive_opens, attempt_fails, \
        estab_resets, retrans_segs, listen_overflows, listen_drops, time_wait_entries, \
        time_wait_overflow
        """,
        "kernel_limits": "recording_id, netns, name, value, from_us, until_us",
        "namespaces": "netns, recording_id, inode, name, first_seen_us, last_seen_us",
        "coverage": """
        recording_id, netns, from_us, until_us, active_kernel, active_recorded, passive_kernel, \
        passive_recorded, unattributed, kernel_opens, recorded_opens, ratio
        """,
        "coverage_steps": """
        sample_id, recording_id, netns, from_us, until_us, hour, active_kernel, active_recorded, \
        passive_kernel, passive_recorded, unattributed
        """,
        "sources": "recording_id, source, from_us, until_us, events, lost, reason",
        "gaps": "recording_id, from_us, until_us, reason",
        "clock_steps": "recording_id, at_us, offset_us",
        "recorder_health": """
        recording_id, sampled_us, lag_us, write_us, backlog_bytes, late_events, drift, \
        memory_bytes, file_bytes
        """,
        "sockstat": """
        sample_id, recording_id, netns, sampled_us, sampled_at, sockets_used, tcp_inuse, \
        tcp_orphans, tcp_time_wait, tcp_allocated, tcp_memory_pages, udp_inuse, udp_memory_pages
        """,
        "missed_sockets": "sample_id, connection_id",
        "hourly_connections": hourly + """
            , attempted, opened, closed, failed, bytes_sent, bytes_received
            """,
        "hourly_lifetimes": hourly + ", censoring, from_s, until_s, number, total_s",
        "hourly_time_waits": hourly + ", ended_by, censoring, from_s, until_s, number, total_s",
        "hourly_states": "recording_id, hour, hour_at, netns, state, samples, mean, peak",
        "hourly_counters": "recording_id, hour, hour_at, netns, name, increase",
        "hourly_coverage": """
        recording_id, hour, hour_at, netns, from_us, until_us, active_kernel, active_recorded, \
        passive_kernel, passive_recorded, unattributed, kernel_opens, recorded_opens, ratio
        """,
        "hourly_fds": "recording_id, hour, hour_at, comm, until_us, peak_fds",
        "hourly_samples": """
        recording_id, hour, hour_at, from_us, until_us, samples, complete, handles_peak
        """,
        "prunings": "recording_id, part, reason, from_us, until_us, rows, bytes, pruned_us",
        "retention": "recording_id, keep_us, keep_rollups_us, max_bytes",
    ]

    @Test("Each view has exactly the columns that were promised, in that order")
    func columns() throws {
        let folder = try TemporaryFolder()
        let database = try emptyRecording(in: folder)
        for (view, columns) in Self.contract {
            let found = try database.lines("SELECT name FROM pragma_table_info('\(view)')")
            #expect(found.joined(separator: ", ") == columns, "\(view)")
        }
    }

    @Test("No public view is without a promise; a view in the singular is internal")
    func names() throws {
        let folder = try TemporaryFolder()
        let found = try emptyRecording(in: folder).lines(
            "SELECT name FROM sqlite_schema WHERE type = 'view'")
        #expect(Set(found) == Set(Self.contract.keys).union(["connection", "stored_connection"]))
    }
}
