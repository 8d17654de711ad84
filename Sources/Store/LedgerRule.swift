/// A rule that every recording keeps, as a query for what breaks it: its number, and what follows
/// its number in a sentence.
struct LedgerRule {
    /// What can break a rule.
    enum Subject: String {
        case connection, sample, recording
    }

    let name: String
    var subject = Subject.connection
    let sql: String

    /// Rules that need no parameter.
    static let all = [
        bounds, stays, strays, overlaps, closings, ends, waits, live, ids, samples, times,
    ]

    private static let bounds = LedgerRule(
        name: "bounds",
        sql: """
            SELECT connection_id, ': a bound''s latest lies before its earliest'
            FROM connection
            WHERE attempted_min_us > attempted_max_us OR opened_min_us > opened_max_us
              OR closed_min_us > closed_max_us OR tw_entered_min_us > tw_entered_max_us
              OR tw_left_min_us > tw_left_max_us OR first_sample > last_sample
              OR closed_max_us < opened_min_us OR tw_left_max_us < tw_entered_min_us
            UNION
            SELECT connection_id, ': a bound''s latest lies before its earliest'
            FROM \(stored)
            WHERE attempted_width < -1 OR opened_width < -1 OR closed_width < -1
              OR tw_entered_width < -1 OR tw_left_width < -1
            """)

    private static let stays = LedgerRule(
        name: "spans",
        sql: """
            SELECT connection_id, ': stay ' || sequence
              || ' ends before it begins'
            FROM span
            WHERE entered_min_us > entered_max_us OR left_min_us > left_max_us
              OR left_max_us < entered_min_us OR first_sample > last_sample
            """)

    private static let strays = LedgerRule(
        name: "spans",
        sql: """
            SELECT s.connection_id, ': stay ' || s.sequence
              || ' belongs to no connection that has stays'
            FROM span AS s
            LEFT JOIN ended_connection AS e ON e.connection_id = s.connection_id
            LEFT JOIN live_connection AS l ON l.connection_id = s.connection_id
            WHERE coalesce(e.facts, l.facts, 0) < 16384
            """)

    private static let overlaps = LedgerRule(
        name: "spans",
        sql: """
            SELECT a.connection_id, ': stays ' || a.sequence || ' and '
              || b.sequence || ' share a sample'
            FROM span AS a JOIN span AS b
              ON b.connection_id = a.connection_id AND b.sequence > a.sequence
              AND a.first_sample IS NOT NULL AND b.first_sample IS NOT NULL
              AND b.first_sample <= coalesce(a.last_sample, b.first_sample)
              AND a.first_sample <= coalesce(b.last_sample, a.first_sample)
            """)

    /// The two tables have the same columns.
    private static let stored = """
        (SELECT * FROM ended_connection UNION ALL SELECT * FROM live_connection)
        """

    private static let closings = LedgerRule(
        name: "closing",
        sql: """
            SELECT connection_id, ': ' || fault FROM (
              SELECT connection_id,
                CASE WHEN closing_began_us IS NULL OR closing_half_us IS NULL
                    THEN 'one step of its close is told without the other'
                  WHEN has_spans = 1 THEN 'the steps of its close are told twice'
                  WHEN closed_by NOT IN (1, 2) THEN 'its close has steps, but nobody closed first'
                  WHEN closed_max_us IS NULL THEN 'its close has steps, but no end'
                  WHEN closing_half_us < 0 OR closing_began_us < closing_half_us
                    OR closed_max_us - closing_began_us < opened_min_us
                    THEN 'the steps of its close are out of order'
                  END AS fault
              FROM stored_connection
              WHERE closing_began_us IS NOT NULL OR closing_half_us IS NOT NULL)
            WHERE fault IS NOT NULL
            """)

    private static let ends = LedgerRule(
        name: "ends",
        sql: """
            SELECT connection_id, ': an attempt that was not sent has opened'
            FROM stored_connection
            WHERE close_kind = 7 AND opened_max_us IS NOT NULL
            UNION ALL
            SELECT connection_id, ': ended in a way that has no name'
            FROM stored_connection
            WHERE close_kind NOT BETWEEN 0 AND 8
            """)

    private static let waits = LedgerRule(
        name: "time_wait",
        sql: """
            SELECT connection_id, ': ' || fault FROM (
              SELECT connection_id,
                CASE WHEN tw_ended_by NOT BETWEEN 0 AND 5
                    THEN 'its TIME-WAIT ended in a way that has no name'
                  WHEN tw_ended_by = 5 AND (tw_first_sample IS NOT NULL
                    OR tw_entered_min_us IS NOT closed_min_us
                    OR tw_entered_max_us IS NOT closed_max_us
                    OR tw_left_min_us IS NOT closed_min_us
                    OR tw_left_max_us IS NOT closed_max_us)
                    THEN 'a TIME-WAIT that found no room lasted'
                  END AS fault
              FROM stored_connection)
            WHERE fault IS NOT NULL
            """)

    private static let live = LedgerRule(
        name: "live",
        sql: """
            SELECT l.connection_id, ' is still live in recording '
              || r.recording_id || ', which has ended'
            FROM live_connection AS l JOIN side AS d ON d.side_id = l.side_id
            JOIN recording AS r ON r.recording_id = d.recording_id
            WHERE r.ended_us IS NOT NULL
            UNION ALL
            SELECT l.connection_id, ' is both live and ended'
            FROM live_connection AS l
            JOIN ended_connection AS e ON e.connection_id = l.connection_id
            """)

    /// The table at a sample is found by ids; see the view socket_table.
    private static let ids = LedgerRule(
        name: "ids",
        sql: """
            SELECT c.connection_id, ' is too new for sample ' || c.first_sample
            FROM connection AS c JOIN sample AS s ON s.sample_id = c.first_sample
            WHERE c.connection_id >= s.next_connection_id
            UNION ALL
            SELECT c.connection_id, ' is too old for sample ' || c.first_sample
            FROM connection AS c JOIN sample AS s ON s.sample_id = c.first_sample - 65
            WHERE c.connection_id < s.next_connection_id
            """)

    private static let samples = LedgerRule(
        name: "samples", subject: .sample,
        sql: """
            SELECT sample_id, ': ' || fault FROM (
              SELECT sample_id,
                CASE WHEN sampled_us < lag(sampled_us) OVER before
                    THEN 'its time lies before the sample before'
                  WHEN next_connection_id < lag(next_connection_id) OVER (ORDER BY sample_id)
                    THEN 'its next connection id is less than the sample before'
                  END AS fault
              FROM sample
              WINDOW before AS (PARTITION BY recording_id ORDER BY sample_id))
            WHERE fault IS NOT NULL
            """)

    private static let times = LedgerRule(
        name: "recordings", subject: .recording,
        sql: """
            SELECT recording_id, ' ends before it starts'
            FROM recording WHERE ended_us < started_us
            """)

    /// Samples whose dump was whole, evenly spread.
    static let comparedSamplesSQL = """
        WITH whole AS (
          SELECT sample_id, row_number() OVER (ORDER BY sample_id) - 1 AS place,
            count(*) OVER () AS number
          FROM sample AS s
          WHERE complete = 1 AND NOT EXISTS (
            SELECT 1 FROM gap AS g
            WHERE g.recording_id = s.recording_id AND s.sampled_us BETWEEN g.from_us AND g.until_us)
        )
        SELECT sample_id FROM whole
        WHERE number <= ?1 OR place % max(1, (number + ?1 - 1) / ?1) = 0
        """

    /// What the spans rebuild against what was counted. Neither SYN-RECV nor UNCONN are listed.
    static let countsSQL = """
        WITH counted AS (
          SELECT netns, 'ESTAB' AS state, established AS number
          FROM state_counts WHERE sample_id = :sample
          UNION ALL SELECT netns, 'SYN-SENT', syn_sent FROM state_counts WHERE sample_id = :sample
          UNION ALL SELECT netns, 'FIN-WAIT-1', fin_wait1
          FROM state_counts WHERE sample_id = :sample
          UNION ALL SELECT netns, 'FIN-WAIT-2', fin_wait2
          FROM state_counts WHERE sample_id = :sample
          UNION ALL SELECT netns, 'TIME-WAIT', time_wait
          FROM state_counts WHERE sample_id = :sample
          UNION ALL SELECT netns, 'CLOSE-WAIT', close_wait
          FROM state_counts WHERE sample_id = :sample
          UNION ALL SELECT netns, 'LAST-ACK', last_ack FROM state_counts WHERE sample_id = :sample
          UNION ALL SELECT netns, 'CLOSING', closing FROM state_counts WHERE sample_id = :sample
          UNION ALL SELECT netns, 'LISTEN', listen FROM state_counts WHERE sample_id = :sample
        ), rebuilt AS (
          SELECT netns, state, count(*) AS number FROM socket_table
          WHERE sample_id = :sample GROUP BY netns, state
        )
        SELECT 'sample ' || :sample || ', ' || c.state || ': counted ' || c.number
          || ', rebuilt ' || coalesce(r.number, 0)
        FROM counted AS c LEFT JOIN rebuilt AS r ON r.state = c.state AND r.netns IS c.netns
        WHERE c.number <> coalesce(r.number, 0)
        """
}
