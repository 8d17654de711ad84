/// Parts of questions about the kernel's settings.
enum LimitSQL {
    /// A setting of the namespace of a row `t`, as it stood last within the range.
    static func number(_ name: String) -> String {
        """
        (SELECT CAST(k.value AS INTEGER) FROM kernel_limits AS k
          WHERE k.name = '\(name)' AND k.recording_id = t.recording_id AND k.netns IS t.netns
            AND k.from_us <= :until ORDER BY k.from_us DESC LIMIT 1)
        """
    }
}
