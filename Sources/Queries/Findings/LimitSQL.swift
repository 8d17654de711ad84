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

    /// Tables `span`: the ephemeral ports of each namespace, how many of them are not reserved, and
    /// what may be used again.
    static let ports = """
        latest AS (
          SELECT recording_id, netns, name, value, max(from_us) AS from_us FROM kernel_limits
          WHERE from_us <= :until AND netns IS NOT NULL GROUP BY recording_id, netns, name),
        bounds AS (
          SELECT recording_id, netns, CAST(value AS INTEGER) AS low,
            CAST(substr(value, instr(value, ' ') + 1) AS INTEGER) AS high
          FROM latest WHERE name = 'ip_local_port_range'),
        kept AS (
          SELECT b.recording_id, b.netns, sum(max(0, 1
            + min(b.high, CAST(substr(r.value, instr(r.value, '-') + 1) AS INTEGER))
            - max(b.low, CAST(r.value AS INTEGER)))) AS number
          FROM bounds AS b
          JOIN latest AS l ON l.recording_id = b.recording_id AND l.netns = b.netns
            AND l.name = 'ip_local_reserved_ports' AND l.value <> ''
          JOIN json_each('["' || replace(l.value, ',', '","') || '"]') AS r
          GROUP BY b.recording_id, b.netns),
        span AS (
          SELECT b.recording_id, b.netns, b.high - b.low + 1 - coalesce(k.number, 0) AS ports,
            (SELECT CAST(l.value AS INTEGER) FROM latest AS l
             WHERE l.recording_id = b.recording_id AND l.netns = b.netns
               AND l.name = 'tcp_tw_reuse') AS tcp_tw_reuse
          FROM bounds AS b
          LEFT JOIN kept AS k ON k.recording_id = b.recording_id AND k.netns = b.netns)
        """
}
