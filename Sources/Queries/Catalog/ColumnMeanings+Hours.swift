extension ColumnMeanings {
    /// What stays of details that were pruned.
    static let hours: [String: (unit: String, meaning: String)] = [
        "hour": ("h", "The hour of the wall clock, counted from 1970."),
        "hour_at": ("UTC", "When the hour began, by the wall clock."),
        "service_port": (
            "port", "The server's port; the lower one where the role is unknown. NULL: any."
        ),
        "attempted": ("count", "Attempts that began in the hour."),
        "opened": ("count", "Connections that became ESTABLISHED in the hour."),
        "closed": ("count", "Connections that had opened and ended in the hour."),
        "failed": ("count", "Attempts that ended in the hour without having opened."),
        "from_s": ("s", "The shortest duration of the row's class."),
        "until_s": ("s", "The duration at which the next class begins."),
        "number": ("count", "How many there were."),
        "total_s": ("s", "Their durations together."),
        "samples": ("count", "Samples that tell it."),
        "mean": ("count", "The mean over these samples."),
        "peak": ("count", "The most at one of these samples."),
        "increase": ("count", "By how much it grew; where it went backwards nothing is added."),
        "handles_peak": ("count", "The most file handles of the host at one of them."),
        "part": ("text", "details, or hours."),
        "rows": ("count", "Rows of tables that were taken out."),
        "bytes": ("octets", "What they took."),
        "pruned_us": ("µs", "When it was pruned last, by the wall clock."),
        "keep_us": ("µs", "Details older than this go."),
        "keep_rollups_us": ("µs", "Hours older than this go."),
        "max_bytes": ("octets", "The most that file and log may take together."),
    ]
}
