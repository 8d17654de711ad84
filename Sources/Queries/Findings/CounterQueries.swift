import Model

/// What listeners dropped, a row a namespace.
package struct ListenOverflowQuery {
    private static let sql = """
        WITH step AS (
          SELECT recording_id, netns, sampled_us, lag(sampled_us) OVER before AS before_us,
            max(0, listen_overflows - lag(listen_overflows) OVER before) AS overflows,
            max(0, listen_drops - lag(listen_drops) OVER before) AS drops
          FROM kernel_counters
          WHERE sampled_us BETWEEN :since AND :until
          WINDOW before AS (PARTITION BY recording_id, netns ORDER BY sampled_us)),
        t AS (
          SELECT recording_id, netns, sum(overflows) AS overflows, sum(drops) AS drops,
            min(CASE WHEN overflows > 0 OR drops > 0 THEN before_us END) AS from_us,
            max(CASE WHEN overflows > 0 OR drops > 0 THEN sampled_us END) AS until_us
          FROM step GROUP BY recording_id, netns)
        SELECT netns, \(Namespaces.name) AS namespace, overflows AS listen_overflows,
          drops AS listen_drops, from_us, until_us,
          (SELECT group_concat(coalesce(l.comm, 'unknown') || ' on :' || l.local_port || ' ('
             || l.queue_peak || ' of ' || l.backlog || ')', ', ')
           FROM listeners AS l
           WHERE l.recording_id = t.recording_id AND l.netns IS t.netns AND l.queue_peak > 0
             AND l.queue_peak >= l.backlog AND l.first_seen_us <= :until
             AND l.last_seen_us >= :since) AS full_listeners
        FROM t ORDER BY netns
        """

    package let question: Question

    package init(_ scope: Scope) {
        question = Question(
            Self.sql, scope: scope,
            columns: [
                "netns", "namespace", "listen_overflows", "listen_drops", "from_us", "until_us",
                "full_listeners",
            ].map { Column($0) })
    }
}

/// How full TIME-WAIT's table got, and what found no room there; a row a namespace.
package struct TimeWaitLimitQuery {
    private static let sql = """
        WITH step AS (
          SELECT recording_id, netns, sampled_us, lag(sampled_us) OVER before AS before_us,
            max(0, time_wait_overflow - lag(time_wait_overflow) OVER before) AS overflow
          FROM kernel_counters
          WHERE sampled_us BETWEEN :since AND :until
          WINDOW before AS (PARTITION BY recording_id, netns ORDER BY sampled_us)),
        risen AS (
          SELECT recording_id, netns, sum(overflow) AS overflow,
            min(CASE WHEN overflow > 0 THEN before_us END) AS from_us,
            max(CASE WHEN overflow > 0 THEN sampled_us END) AS until_us
          FROM step GROUP BY recording_id, netns),
        t AS (
          SELECT recording_id, netns, max(time_wait) AS most, sampled_us AS peak_us
          FROM state_counts WHERE sampled_us BETWEEN :since AND :until
          GROUP BY recording_id, netns)
        SELECT t.netns, \(Namespaces.name) AS namespace, t.most, t.peak_us,
          \(LimitSQL.number("tcp_max_tw_buckets")) AS tcp_max_tw_buckets,
          r.overflow AS time_wait_overflow, r.from_us, r.until_us
        FROM t LEFT JOIN risen AS r ON r.recording_id = t.recording_id AND r.netns IS t.netns
        ORDER BY t.netns
        """

    package let question: Question

    package init(_ scope: Scope) {
        question = Question(
            Self.sql, scope: scope,
            columns: [
                "netns", "namespace", "most", "peak_us", "tcp_max_tw_buckets",
                "time_wait_overflow", "from_us", "until_us",
            ].map { Column($0) })
    }
}

/// How many handshakes were not complete, and what was accepted meanwhile; a row a namespace.
package struct HalfOpenQuery {
    private static let sql = """
        WITH seen AS (
          SELECT recording_id, netns, sampled_us, syn_recv FROM state_counts
          WHERE sampled_us BETWEEN :since AND :until AND syn_recv IS NOT NULL),
        t AS (
          SELECT recording_id, netns, max(syn_recv) AS most, sampled_us AS peak_us
          FROM seen GROUP BY recording_id, netns),
        many AS (
          SELECT recording_id, netns, count(*) AS samples, avg(syn_recv) AS mean,
            min(sampled_us) AS from_us, max(sampled_us) AS until_us
          FROM seen WHERE syn_recv >= :half_open GROUP BY recording_id, netns)
        SELECT t.netns, \(Namespaces.name) AS namespace, t.most, t.peak_us,
          \(LimitSQL.number("tcp_max_syn_backlog")) AS tcp_max_syn_backlog,
          \(LimitSQL.number("somaxconn")) AS somaxconn,
          \(LimitSQL.number("tcp_syncookies")) AS tcp_syncookies,
          coalesce(m.samples, 0) AS samples, m.mean, m.from_us, m.until_us,
          (SELECT max(k.passive_opens) - min(k.passive_opens) FROM kernel_counters AS k
           WHERE k.recording_id = t.recording_id AND k.netns IS t.netns
             AND k.sampled_us BETWEEN m.from_us AND m.until_us) AS accepted
        FROM t LEFT JOIN many AS m ON m.recording_id = t.recording_id AND m.netns IS t.netns
        ORDER BY t.netns
        """

    package let question: Question

    /// A sample met many if there were at least `number`.
    package init(_ scope: Scope, number: Int64) {
        question = Question(
            Self.sql, scope: scope, arguments: ["half_open": .integer(number)],
            columns: [
                "netns", "namespace", "most", "peak_us", "tcp_max_syn_backlog", "somaxconn",
                "tcp_syncookies", "samples", "mean", "from_us", "until_us", "accepted",
            ].map { Column($0) })
    }
}
