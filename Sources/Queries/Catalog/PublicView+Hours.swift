extension PublicView {
    private static let group = """
        recording_id hour hour_at netns comm role service_port closed_by close_kind
        """
    private static let start = "hour * 3600000000"
    private static let finish = "hour * 3600000000 + 3599999999"

    /// What stays of details that were pruned, and what says so.
    static let hourlyViews = [
        PublicView(
            "hourly_connections",
            "Pruned connections alike in an hour; an attempt, an opening and an end each count "
                + "in their own.",
            start: start, finish: finish,
            columns: group + " attempted opened closed failed bytes_sent bytes_received",
            meanings: [
                "comm": "The owner's name; NULL where unknown, or where there were too many.",
                "bytes_sent": "Payload of those that ended in the hour and told it.",
                "bytes_received": "Payload of those that ended in the hour and told it.",
            ]),
        PublicView(
            "hourly_lifetimes", "Lifetimes of pruned connections that ended in an hour.",
            start: start, finish: finish,
            columns: group + " censoring from_s until_s number total_s",
            meanings: ["censoring": "none; left, right or both: each lived at least so long."]),
        PublicView(
            "hourly_time_waits", "Stays in TIME-WAIT that ended in an hour, of what was pruned.",
            start: start, finish: finish,
            columns: group + " ended_by censoring from_s until_s number total_s",
            meanings: ["censoring": "none; left, right or both: each lasted at least so long."]),
        PublicView(
            "hourly_states",
            "Sockets in one state of one namespace, over an hour's pruned samples.",
            start: start, finish: finish,
            columns: "recording_id hour hour_at netns state samples mean peak",
            meanings: ["state": "The TCP state, spelled as ss prints it; all for any."]),
        PublicView(
            "hourly_counters", "By how much a kernel counter grew in an hour of pruned samples.",
            start: start, finish: finish,
            columns: "recording_id hour hour_at netns name increase",
            meanings: ["name": "The counter, a column of kernel_counters."]),
        PublicView(
            "hourly_coverage",
            "What the kernel counted and what was recorded, an hour of pruned samples and a "
                + "namespace.",
            start: start, finish: finish,
            columns: """
                recording_id hour hour_at netns from_us until_us active_kernel active_recorded \
                passive_kernel passive_recorded unattributed kernel_opens recorded_opens ratio
                """),
        PublicView(
            "hourly_fds",
            "Descriptors of processes of one name, in pruned stretches that began in an hour.",
            start: start, finish: finish,
            columns: "recording_id hour hour_at comm until_us peak_fds",
            meanings: [
                "until_us": "When the last of these stretches ended.",
                "peak_fds": "The most that one of the processes had open in them.",
            ]),
        PublicView(
            "hourly_samples", "Pruned samples of an hour.", start: start, finish: finish,
            columns: "recording_id hour hour_at from_us until_us samples complete handles_peak",
            meanings: [
                "from_us": "When the first of them was taken.",
                "until_us": "When the last of them was taken.",
                "complete": "Of these, samples whose dump was whole.",
            ]),
        PublicView(
            "prunings", "What was pruned of a recording, and why.", start: "from_us",
            finish: "until_us",
            columns: "recording_id part reason from_us until_us rows bytes pruned_us",
            meanings: [
                "reason": "age, size or by hand.",
                "from_us": "When what was pruned began.",
                "until_us": "What was over before this moment is gone.",
                "bytes": "Octets of the pages that came free.",
            ]),
        PublicView(
            "retention", "What a recording was told to keep; NULL: all.",
            columns: "recording_id keep_us keep_rollups_us max_bytes"),
    ]
}
