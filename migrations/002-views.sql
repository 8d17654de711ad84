-- What people read. Views are named in the plural; `connection` in the singular is a part of the
-- others and no promise. Unknown is NULL. A point is exact where its bounds are equal, their
-- midpoint where both are known. *_at is UTC by the wall clock: the recording's axis plus the
-- clock steps up to that moment. Integer division truncates, so seconds before 1970 are rounded
-- down by hand.

CREATE VIEW recordings AS
SELECT r.recording_id, r.recording_uuid, r.host, r.boot_id, r.kernel, r.version, r.interval_us,
  r.started_us,
  (SELECT strftime('%Y-%m-%dT%H:%M:%S', (w - 999999 * (w < 0)) / 1000000, 'unixepoch')
      || printf('.%06dZ', (w % 1000000 + 1000000) % 1000000)
    FROM (SELECT r.started_us + coalesce(
      (SELECT total_us FROM clock_step AS k
       WHERE k.recording_id = r.recording_id AND k.at_us <= r.started_us
       ORDER BY k.at_us DESC LIMIT 1), 0) AS w)) AS started_at,
  r.ended_us,
  (SELECT strftime('%Y-%m-%dT%H:%M:%S', (w - 999999 * (w < 0)) / 1000000, 'unixepoch')
      || printf('.%06dZ', (w % 1000000 + 1000000) % 1000000)
    FROM (SELECT r.ended_us + coalesce(
      (SELECT total_us FROM clock_step AS k
       WHERE k.recording_id = r.recording_id AND k.at_us <= r.ended_us
       ORDER BY k.at_us DESC LIMIT 1), 0) AS w)) AS ended_at,
  r.end_reason
FROM recording AS r;

CREATE VIEW samples AS
SELECT s.sample_id, s.recording_id, s.sampled_us,
  (SELECT strftime('%Y-%m-%dT%H:%M:%S', (w - 999999 * (w < 0)) / 1000000, 'unixepoch')
      || printf('.%06dZ', (w % 1000000 + 1000000) % 1000000)
    FROM (SELECT s.sampled_us + coalesce(
      (SELECT total_us FROM clock_step AS k
       WHERE k.recording_id = s.recording_id AND k.at_us <= s.sampled_us
       ORDER BY k.at_us DESC LIMIT 1), 0) AS w)) AS sampled_at,
  CASE s.basis WHEN 0 THEN 'dump' ELSE 'ledger' END AS basis,
  s.dump_us, s.sockets, s.complete
FROM sample AS s;

CREATE VIEW state_counts AS
SELECT s.sample_id, s.recording_id, nullif(n.netns, 0) AS netns, s.sampled_us,
  (SELECT strftime('%Y-%m-%dT%H:%M:%S', (w - 999999 * (w < 0)) / 1000000, 'unixepoch')
      || printf('.%06dZ', (w % 1000000 + 1000000) % 1000000)
    FROM (SELECT s.sampled_us + coalesce(
      (SELECT total_us FROM clock_step AS k
       WHERE k.recording_id = s.recording_id AND k.at_us <= s.sampled_us
       ORDER BY k.at_us DESC LIMIT 1), 0) AS w)) AS sampled_at,
  n.established, n.syn_sent, n.syn_recv, n.fin_wait1, n.fin_wait2, n.time_wait, n.close_wait,
  n.last_ack, n.closing, n.listen, n.total
FROM sample AS s JOIN namespace_sample AS n ON n.sample_id = s.sample_id;

CREATE VIEW fd_counts AS
SELECT s.sample_id, s.recording_id, s.sampled_us,
  (SELECT strftime('%Y-%m-%dT%H:%M:%S', (w - 999999 * (w < 0)) / 1000000, 'unixepoch')
      || printf('.%06dZ', (w % 1000000 + 1000000) % 1000000)
    FROM (SELECT s.sampled_us + coalesce(
      (SELECT total_us FROM clock_step AS k
       WHERE k.recording_id = s.recording_id AND k.at_us <= s.sampled_us
       ORDER BY k.at_us DESC LIMIT 1), 0) AS w)) AS sampled_at,
  s.fd_allocated AS allocated, s.fd_unused AS unused,
  CASE WHEN s.fd_maximum < 0 THEN s.fd_maximum + 9223372036854775807 + 1 ELSE s.fd_maximum END
    AS maximum
FROM sample AS s
WHERE s.fd_allocated IS NOT NULL;

CREATE VIEW sockstat AS
SELECT s.sample_id, s.recording_id, nullif(n.netns, 0) AS netns, s.sampled_us,
  (SELECT strftime('%Y-%m-%dT%H:%M:%S', (w - 999999 * (w < 0)) / 1000000, 'unixepoch')
      || printf('.%06dZ', (w % 1000000 + 1000000) % 1000000)
    FROM (SELECT s.sampled_us + coalesce(
      (SELECT total_us FROM clock_step AS k
       WHERE k.recording_id = s.recording_id AND k.at_us <= s.sampled_us
       ORDER BY k.at_us DESC LIMIT 1), 0) AS w)) AS sampled_at,
  n.sockets_used, n.tcp_inuse, n.tcp_orphans, n.tcp_time_wait, n.tcp_allocated,
  n.tcp_memory_pages, n.udp_inuse, n.udp_memory_pages
FROM sample AS s JOIN namespace_sample AS n ON n.sample_id = s.sample_id;

CREATE VIEW kernel_counters AS
SELECT s.sample_id, s.recording_id, nullif(n.netns, 0) AS netns, s.sampled_us, n.active_opens,
  n.passive_opens, n.attempt_fails, n.estab_resets, n.retrans_segs, n.listen_overflows,
  n.listen_drops, n.time_wait_entries, n.time_wait_overflow
FROM sample AS s JOIN namespace_sample AS n ON n.sample_id = s.sample_id;

CREATE VIEW recorder_health AS
SELECT recording_id, sampled_us, lag_us, write_us, backlog_bytes, late_events, drift, memory_bytes,
  file_bytes
FROM sample
WHERE coalesce(lag_us, write_us, backlog_bytes, late_events, drift, memory_bytes, file_bytes)
  IS NOT NULL;

-- The first reading of a namespace only sets where the counters stood; what was recorded by then
-- has nothing to be held against, nor has what was recorded after the last. A sample that could
-- not read them is held against the next that could. A counter that was never read, or went
-- backwards, leaves its part unknown.
CREATE VIEW coverage_steps AS
WITH seen AS (
  SELECT s.recording_id, n.netns, n.sample_id, s.sampled_us, n.active_opens, n.passive_opens,
    n.active_recorded, n.passive_recorded, n.unattributed,
    count(n.active_opens + n.passive_opens) OVER (
      PARTITION BY s.recording_id, n.netns ORDER BY n.sample_id DESC) AS ahead,
    count(n.active_opens + n.passive_opens) OVER (
      PARTITION BY s.recording_id, n.netns) AS readings
  FROM sample AS s JOIN namespace_sample AS n ON n.sample_id = s.sample_id
), reading AS (
  SELECT recording_id, netns, max(sample_id) AS sample_id, max(sampled_us) AS sampled_us,
    max(CASE WHEN passive_opens IS NOT NULL THEN active_opens END) AS active_opens,
    max(CASE WHEN active_opens IS NOT NULL THEN passive_opens END) AS passive_opens,
    sum(active_recorded) AS active_recorded, sum(passive_recorded) AS passive_recorded,
    sum(unattributed) AS unattributed
  FROM seen
  WHERE ahead > 0 OR readings = 0
  GROUP BY recording_id, netns, ahead, CASE WHEN readings = 0 THEN sample_id END
), step AS (
  SELECT sample_id, recording_id, netns, lag(sampled_us) OVER before AS from_us,
    sampled_us AS until_us, active_opens - lag(active_opens) OVER before AS active_kernel,
    active_recorded, passive_opens - lag(passive_opens) OVER before AS passive_kernel,
    passive_recorded, unattributed
  FROM reading
  WINDOW before AS (PARTITION BY recording_id, netns ORDER BY sample_id)
)
SELECT t.sample_id, t.recording_id, nullif(t.netns, 0) AS netns, t.from_us, t.until_us,
  (t.until_us + coalesce(
    (SELECT k.total_us FROM clock_step AS k
     WHERE k.recording_id = t.recording_id AND k.at_us <= t.until_us
     ORDER BY k.at_us DESC LIMIT 1), 0)) / 3600000000 AS hour,
  CASE WHEN t.active_kernel >= 0 THEN t.active_kernel END AS active_kernel, t.active_recorded,
  CASE WHEN t.passive_kernel >= 0 THEN t.passive_kernel END AS passive_kernel,
  t.passive_recorded, t.unattributed
FROM step AS t
WHERE t.from_us IS NOT NULL;

CREATE VIEW coverage AS
SELECT recording_id, netns, from_us, until_us, active_kernel, active_recorded,
  passive_kernel, passive_recorded, unattributed,
  active_kernel + passive_kernel AS kernel_opens,
  active_recorded + passive_recorded + unattributed AS recorded_opens,
  CAST(active_recorded + passive_recorded + unattributed AS REAL)
    / nullif(active_kernel + passive_kernel, 0) AS ratio
FROM (
  SELECT recording_id, netns, min(from_us) AS from_us, max(until_us) AS until_us,
    CASE WHEN count(active_kernel) = count(*) THEN sum(active_kernel) END AS active_kernel,
    sum(active_recorded) AS active_recorded,
    CASE WHEN count(passive_kernel) = count(*) THEN sum(passive_kernel) END AS passive_kernel,
    sum(passive_recorded) AS passive_recorded,
    sum(unattributed) AS unattributed
  FROM coverage_steps
  GROUP BY recording_id, netns, hour);

CREATE VIEW processes AS
SELECT p.process_id, p.recording_id, p.pid, p.started_us, p.comm, p.executable, p.uid, p.cgroup,
  p.unit, p.container, p.first_seen_us,
  coalesce(p.last_seen_us,
    (SELECT z.sampled_us FROM sample AS z WHERE z.recording_id = p.recording_id
    ORDER BY z.sample_id DESC LIMIT 1)) AS last_seen_us
FROM process AS p;

CREATE VIEW process_fds AS
SELECT d.recording_id, d.process_id, p.pid, p.comm, d.from_us,
  coalesce(d.until_us,
    (SELECT z.sampled_us FROM sample AS z WHERE z.recording_id = d.recording_id
    ORDER BY z.sample_id DESC LIMIT 1)) AS until_us,
  d.open_fds, d.peak_fds, d.soft_limit, d.hard_limit
FROM descriptor_span AS d JOIN process AS p ON p.process_id = d.process_id;

-- Live and ended connections as they are stored, unpacked.
CREATE VIEW stored_connection AS
SELECT c.live, c.connection_id, d.recording_id, d.netns, d.interface, d.local_address_id,
  CASE d.is_local WHEN 1 THEN d.port ELSE c.port + 32768 END AS local_port,
  c.peer_address_id,
  CASE d.is_local WHEN 1 THEN c.port + 32768 ELSE d.port END AS peer_port,
  d.role, d.process_id, d.uid, c.cookie, c.facts & 255 AS state,
  d.origin_us + c.at + c.attempted - max(c.attempted_width, 0) AS attempted_min_us,
  CASE WHEN c.attempted_width < 0 THEN NULL ELSE d.origin_us + c.at + c.attempted END
    AS attempted_max_us,
  d.origin_us + c.at + c.opened - max(c.opened_width, 0) AS opened_min_us,
  CASE WHEN c.opened_width < 0 THEN NULL ELSE d.origin_us + c.at + c.opened END AS opened_max_us,
  d.origin_us + c.at + c.closed - max(c.closed_width, 0) AS closed_min_us,
  CASE WHEN c.closed_width < 0 THEN NULL ELSE d.origin_us + c.at + c.closed END AS closed_max_us,
  c.facts >> 8 & 3 AS closed_by, c.facts >> 10 & 15 AS close_kind,
  c.bytes_sent, c.bytes_received, c.retransmits, c.rtt_us, c.recv_queue_peak, c.send_queue_peak,
  c.first_sample, c.first_sample + c.held AS last_sample, c.facts >> 14 AS has_spans,
  c.first_sample + c.tw_shown AS tw_first_sample,
  d.origin_us + c.at + coalesce(c.closed, 0) + c.tw_entered - max(c.tw_entered_width, 0)
    AS tw_entered_min_us,
  CASE WHEN c.tw_entered_width < 0 THEN NULL
    ELSE d.origin_us + c.at + coalesce(c.closed, 0) + c.tw_entered END AS tw_entered_max_us,
  d.origin_us + c.at + coalesce(c.closed, 0) + coalesce(c.tw_entered, 0) + 60000000 + c.tw_left
    - max(c.tw_left_width, 0) AS tw_left_min_us,
  CASE WHEN c.tw_left_width < 0 THEN NULL
    ELSE d.origin_us + c.at + coalesce(c.closed, 0) + coalesce(c.tw_entered, 0) + 60000000
      + c.tw_left END AS tw_left_max_us,
  c.tw_end >> 3 AS tw_restarts, c.tw_end & 7 AS tw_ended_by,
  c.closing_began AS closing_began_us, c.closing_half AS closing_half_us
FROM (
  SELECT 0 AS live, e.* FROM ended_connection AS e
  UNION ALL
  SELECT 1, l.* FROM live_connection AS l) AS c
JOIN side AS d ON d.side_id = c.side_id;

-- Live and ended connections with their names. A live one was last seen at the last sample, unless
-- its full socket is known to have ended. Port 0, 0.0.0.0 and :: stand for what was not known of an
-- end.
CREATE VIEW connection AS
SELECT c.live, c.connection_id, c.recording_id, 'tcp' AS transport,
  CASE b.family WHEN 4 THEN 'ipv4' ELSE 'ipv6' END AS family,
  nullif(c.netns, 0) AS netns, nullif(c.interface, 0) AS interface,
  nullif(nullif(b.address, '0.0.0.0'), '::') AS local_address,
  nullif(c.local_port, 0) AS local_port,
  nullif(nullif(a.address, '0.0.0.0'), '::') AS peer_address,
  nullif(c.peer_port, 0) AS peer_port,
  CASE c.role WHEN 1 THEN 'client' WHEN 2 THEN 'server' ELSE 'unknown' END AS role,
  c.process_id, p.pid, p.comm, c.uid, nullif(c.cookie, 0) AS cookie, c.state,
  c.attempted_min_us, c.attempted_max_us, c.opened_min_us, c.opened_max_us,
  CASE WHEN c.live = 1 AND c.closed_max_us IS NULL THEN max(
    coalesce(c.opened_max_us, c.attempted_max_us, c.seen_us),
    coalesce(c.seen_us, c.opened_max_us, c.attempted_max_us))
  ELSE c.closed_min_us END AS closed_min_us,
  c.closed_max_us,
  CASE c.closed_by WHEN 1 THEN 'local' WHEN 2 THEN 'peer' WHEN 3 THEN 'both' ELSE 'unknown' END
    AS closed_by,
  CASE c.close_kind WHEN 1 THEN 'fin' WHEN 2 THEN 'reset' WHEN 3 THEN 'refused'
    WHEN 4 THEN 'connect_timeout' WHEN 5 THEN 'timeout' WHEN 6 THEN 'aborted'
    WHEN 7 THEN 'not_sent' WHEN 8 THEN 'unreachable' ELSE 'unknown' END AS close_kind,
  c.bytes_sent, c.bytes_received, c.retransmits, c.rtt_us, c.recv_queue_peak, c.send_queue_peak,
  c.first_sample, c.last_sample, c.has_spans, c.seen_us,
  c.tw_entered_min_us, c.tw_entered_max_us,
  CASE WHEN c.live = 1 AND c.tw_left_max_us IS NULL
    THEN max(c.tw_entered_max_us, coalesce(c.seen_us, c.tw_entered_max_us))
    ELSE c.tw_left_min_us END AS tw_left_min_us,
  c.tw_left_max_us, c.tw_restarts, c.tw_ended_by,
  CASE WHEN c.has_spans = 0 AND c.closed_by IN (1, 2)
    THEN c.closed_max_us - c.closing_began_us END AS closing_began_us,
  CASE WHEN c.has_spans = 0 AND c.closed_by IN (1, 2)
    THEN c.closed_max_us - c.closing_half_us END AS closing_half_us
FROM (
  SELECT s.*, CASE s.live WHEN 1 THEN (
    SELECT z.sampled_us FROM sample AS z WHERE z.recording_id = s.recording_id
    ORDER BY z.sample_id DESC LIMIT 1) END AS seen_us
  FROM stored_connection AS s) AS c
JOIN address AS b ON b.address_id = c.local_address_id
JOIN address AS a ON a.address_id = c.peer_address_id
LEFT JOIN process AS p ON p.process_id = c.process_id;

CREATE VIEW connections AS
SELECT c.connection_id, c.recording_id, c.transport, c.family, c.netns, c.interface,
  c.local_address, c.local_port, c.peer_address, c.peer_port, c.role, c.process_id, c.pid, c.comm,
  c.uid, c.cookie,
  coalesce((SELECT t.name FROM tcp_state AS t WHERE t.state = c.state), 'STATE-' || c.state)
    AS state,
  c.attempted_min_us + (c.attempted_max_us - c.attempted_min_us) / 2 AS attempted_us,
  c.attempted_min_us, c.attempted_max_us,
  c.opened_us, c.opened_min_us, c.opened_max_us,
  (SELECT strftime('%Y-%m-%dT%H:%M:%S', (w - 999999 * (w < 0)) / 1000000, 'unixepoch')
      || printf('.%06dZ', (w % 1000000 + 1000000) % 1000000)
    FROM (SELECT c.opened_us + coalesce(
      (SELECT total_us FROM clock_step AS k
       WHERE k.recording_id = c.recording_id AND k.at_us <= c.opened_us
       ORDER BY k.at_us DESC LIMIT 1), 0) AS w)) AS opened_at,
  c.closed_us, c.closed_min_us, c.closed_max_us,
  (SELECT strftime('%Y-%m-%dT%H:%M:%S', (w - 999999 * (w < 0)) / 1000000, 'unixepoch')
      || printf('.%06dZ', (w % 1000000 + 1000000) % 1000000)
    FROM (SELECT c.closed_us + coalesce(
      (SELECT total_us FROM clock_step AS k
       WHERE k.recording_id = c.recording_id AND k.at_us <= c.closed_us
       ORDER BY k.at_us DESC LIMIT 1), 0) AS w)) AS closed_at,
  c.closed_by, c.close_kind, c.bytes_sent, c.bytes_received, c.retransmits, c.rtt_us,
  c.recv_queue_peak, c.send_queue_peak
FROM (
  SELECT *, opened_min_us + (opened_max_us - opened_min_us) / 2 AS opened_us,
    closed_min_us + (closed_max_us - closed_min_us) / 2 AS closed_us
  FROM connection) AS c;

CREATE VIEW lifetimes AS
SELECT c.connection_id, c.recording_id, c.transport, c.family, c.netns, c.interface,
  c.local_address, c.local_port, c.peer_address, c.peer_port, c.role, c.process_id, c.pid, c.comm,
  c.uid, c.cookie,
  c.opened_us, c.closed_us,
  -- Midway between the bounds that follow: the two moments are not independent where both lie
  -- between the same two samples.
  (max(0, c.closed_min_us - c.opened_max_us) + c.closed_max_us - c.opened_min_us) / 2e6
    AS lifetime_s,
  max(0, c.closed_min_us - c.opened_max_us) / 1e6 AS lifetime_min_s,
  (c.closed_max_us - c.opened_min_us) / 1e6 AS lifetime_max_s,
  CASE WHEN c.opened_min_us IS NULL AND c.closed_max_us IS NULL THEN 'both'
    WHEN c.opened_min_us IS NULL THEN 'left'
    WHEN c.closed_max_us IS NULL THEN 'right'
    ELSE 'none' END AS censoring,
  c.closed_by, c.close_kind
FROM connections AS c
WHERE c.opened_max_us IS NOT NULL;

CREATE VIEW time_waits AS
SELECT t.connection_id, t.recording_id, t.transport, t.family, t.netns, t.interface,
  t.local_address, t.local_port, t.peer_address, t.peer_port, t.role, t.process_id, t.pid, t.comm,
  t.uid, t.cookie,
  t.entered_us, t.tw_entered_min_us AS entered_min_us, t.tw_entered_max_us AS entered_max_us,
  (SELECT strftime('%Y-%m-%dT%H:%M:%S', (w - 999999 * (w < 0)) / 1000000, 'unixepoch')
      || printf('.%06dZ', (w % 1000000 + 1000000) % 1000000)
    FROM (SELECT t.entered_us + coalesce(
      (SELECT total_us FROM clock_step AS k
       WHERE k.recording_id = t.recording_id AND k.at_us <= t.entered_us
       ORDER BY k.at_us DESC LIMIT 1), 0) AS w)) AS entered_at,
  t.left_us, t.tw_left_min_us AS left_min_us, t.tw_left_max_us AS left_max_us,
  (max(0, t.tw_left_min_us - t.tw_entered_max_us) + t.tw_left_max_us - t.tw_entered_min_us) / 2e6
    AS duration_s,
  max(0, t.tw_left_min_us - t.tw_entered_max_us) / 1e6 AS duration_min_s,
  (t.tw_left_max_us - t.tw_entered_min_us) / 1e6 AS duration_max_s,
  t.tw_restarts AS restarts,
  CASE t.tw_ended_by WHEN 0 THEN 'open' WHEN 1 THEN 'expired' WHEN 2 THEN 'reused'
    WHEN 3 THEN 'cut_short' WHEN 5 THEN 'no_room' ELSE 'unobserved' END AS ended_by
FROM (
  SELECT *, tw_entered_min_us + (tw_entered_max_us - tw_entered_min_us) / 2 AS entered_us,
    tw_left_min_us + (tw_left_max_us - tw_left_min_us) / 2 AS left_us
  FROM connection
  WHERE tw_entered_max_us IS NOT NULL) AS t;

-- A regular life is one stay in ESTAB, perhaps the two steps of its close, and at most one stay in
-- TIME-WAIT, all told by the connection's own row; other lives have a row for each stay but
-- TIME-WAIT. FIN-WAIT-2 may outlast the full socket: it ends where TIME-WAIT begins. Where
-- TIME-WAIT's table had no room there was no stay. Each part names its state, so that SQLite passes
-- over those that a question does not ask for.
CREATE VIEW state_history AS
SELECT h.connection_id, h.recording_id, h.transport, h.family, h.netns, h.interface,
  h.local_address, h.local_port, h.peer_address, h.peer_port, h.role, h.process_id, h.pid, h.comm,
  h.uid, h.cookie,
  h.stay AS state,
  h.entered_us, h.entered_min_us, h.entered_max_us,
  (SELECT strftime('%Y-%m-%dT%H:%M:%S', (w - 999999 * (w < 0)) / 1000000, 'unixepoch')
      || printf('.%06dZ', (w % 1000000 + 1000000) % 1000000)
    FROM (SELECT h.entered_us + coalesce(
      (SELECT total_us FROM clock_step AS k
       WHERE k.recording_id = h.recording_id AND k.at_us <= h.entered_us
       ORDER BY k.at_us DESC LIMIT 1), 0) AS w)) AS entered_at,
  h.left_us, h.left_min_us, h.left_max_us,
  (h.left_us - h.entered_us) / 1e6 AS duration_s
FROM (
  SELECT *, entered_min_us + (entered_max_us - entered_min_us) / 2 AS entered_us,
    left_min_us + (left_max_us - left_min_us) / 2 AS left_us
  FROM (
    SELECT *, 'ESTAB' AS stay, opened_min_us AS entered_min_us, opened_max_us AS entered_max_us,
      coalesce(closing_began_us, closed_min_us) AS left_min_us,
      coalesce(closing_began_us, closed_max_us) AS left_max_us
    FROM connection
    WHERE has_spans = 0 AND opened_max_us IS NOT NULL
    UNION ALL
    SELECT *, 'FIN-WAIT-1', closing_began_us, closing_began_us, closing_half_us, closing_half_us
    FROM connection
    WHERE closing_began_us IS NOT NULL AND closed_by = 'local'
    UNION ALL
    SELECT *, 'FIN-WAIT-2', closing_half_us, closing_half_us,
      CASE WHEN tw_entered_max_us IS NOT NULL THEN tw_entered_min_us ELSE closed_min_us END,
      coalesce(tw_entered_max_us, closed_max_us)
    FROM connection
    WHERE closing_half_us IS NOT NULL AND closed_by = 'local'
    UNION ALL
    SELECT *, 'CLOSE-WAIT', closing_began_us, closing_began_us, closing_half_us, closing_half_us
    FROM connection
    WHERE closing_began_us IS NOT NULL AND closed_by = 'peer'
    UNION ALL
    SELECT *, 'LAST-ACK', closing_half_us, closing_half_us,
      CASE WHEN tw_entered_max_us IS NOT NULL THEN tw_entered_min_us ELSE closed_min_us END,
      coalesce(tw_entered_max_us, closed_max_us)
    FROM connection
    WHERE closing_half_us IS NOT NULL AND closed_by = 'peer'
    UNION ALL
    SELECT c.*,
      coalesce((SELECT t.name FROM tcp_state AS t WHERE t.state = s.state), 'STATE-' || s.state),
      s.entered_min_us, s.entered_max_us,
      CASE WHEN c.live = 1 AND s.left_max_us IS NULL
        THEN max(coalesce(s.entered_max_us, c.seen_us), coalesce(c.seen_us, s.entered_max_us))
        ELSE s.left_min_us END,
      s.left_max_us
    FROM connection AS c JOIN span AS s ON s.connection_id = c.connection_id
    WHERE c.has_spans = 1
    UNION ALL
    SELECT *, 'TIME-WAIT', tw_entered_min_us, tw_entered_max_us, tw_left_min_us, tw_left_max_us
    FROM connection
    WHERE tw_entered_max_us IS NOT NULL AND tw_ended_by <> 5)) AS h;

-- The table as it stood at a sample, found without a walk over history: connection ids ascend with
-- the first sample, so lives of at most 96 samples lie in a range of ids (64 samples wider, since
-- an event may give an id some samples before a dump shows the connection), longer ones in an
-- index of their own. One join with four parts, not a UNION ALL: SQLite hands a sample found by a
-- subquery, or by another table, down into a join but not into an aggregated compound. The CASE
-- inside each bound leaves the other parts' rows unread.
CREATE VIEW socket_table AS
SELECT t.sample_id, t.sampled_us,
  (SELECT strftime('%Y-%m-%dT%H:%M:%S', (w - 999999 * (w < 0)) / 1000000, 'unixepoch')
      || printf('.%06dZ', (w % 1000000 + 1000000) % 1000000)
    FROM (SELECT t.sampled_us + coalesce(
      (SELECT total_us FROM clock_step AS k
       WHERE k.recording_id = t.recording_id AND k.at_us <= t.sampled_us
       ORDER BY k.at_us DESC LIMIT 1), 0) AS w)) AS sampled_at,
  CASE t.basis WHEN 0 THEN 'dump' ELSE 'ledger' END AS basis,
  coalesce((SELECT w.name FROM tcp_state AS w WHERE w.state = t.state), 'STATE-' || t.state)
    AS state,
  t.connection_id, t.recording_id, 'tcp' AS transport,
  CASE b.family WHEN 4 THEN 'ipv4' ELSE 'ipv6' END AS family,
  nullif(coalesce(d.netns, t.netns), 0) AS netns,
  nullif(coalesce(d.interface, t.interface), 0) AS interface,
  CASE WHEN t.connection_id IS NULL OR b.address NOT IN ('0.0.0.0', '::') THEN b.address END
    AS local_address,
  nullif(CASE d.is_local WHEN 1 THEN d.port WHEN 0 THEN t.port + 32768 ELSE t.port END, 0)
    AS local_port,
  CASE WHEN t.connection_id IS NOT NULL THEN nullif(nullif(a.address, '0.0.0.0'), '::')
    WHEN b.family = 4 THEN '0.0.0.0' ELSE '::' END AS peer_address,
  CASE d.is_local WHEN 1 THEN nullif(t.port + 32768, 0) WHEN 0 THEN nullif(d.port, 0) ELSE 0 END
    AS peer_port,
  CASE coalesce(d.role, 2) WHEN 1 THEN 'client' WHEN 2 THEN 'server' ELSE 'unknown' END AS role,
  p.process_id, p.pid, p.comm, CASE WHEN d.side_id IS NULL THEN t.uid ELSE d.uid END AS uid,
  nullif(t.cookie, 0) AS cookie
FROM (
  SELECT s.sample_id, s.sampled_us, s.basis, s.recording_id,
    coalesce(e.connection_id, g.connection_id, l.connection_id) AS connection_id,
    coalesce(e.side_id, g.side_id, l.side_id) AS side_id,
    n.netns, n.interface, n.local_address_id, n.process_id, n.uid,
    coalesce(e.peer_address_id, g.peer_address_id, l.peer_address_id) AS peer_address_id,
    coalesce(e.port, g.port, l.port, n.local_port) AS port,
    coalesce(e.cookie, g.cookie, l.cookie, n.cookie) AS cookie,
    CASE WHEN n.listener_id IS NOT NULL THEN 10
      WHEN coalesce(e.first_sample + e.tw_shown, g.first_sample + g.tw_shown,
        l.first_sample + l.tw_shown) <= s.sample_id THEN 6
      WHEN coalesce(e.facts, g.facts, l.facts) < 16384 THEN 1
      ELSE (
        SELECT y.state FROM span AS y
        WHERE y.connection_id = coalesce(e.connection_id, g.connection_id, l.connection_id)
          AND y.first_sample <= s.sample_id
          AND (y.last_sample >= s.sample_id OR y.last_sample IS NULL)
        ORDER BY y.sequence DESC LIMIT 1) END AS state
  FROM sample AS s
  CROSS JOIN (SELECT 1 AS part UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4) AS x
  LEFT JOIN ended_connection AS e NOT INDEXED
    ON e.connection_id >= CASE x.part WHEN 1 THEN coalesce((
        SELECT z.next_connection_id FROM sample AS z WHERE z.sample_id <= s.sample_id - 161
        ORDER BY z.sample_id DESC LIMIT 1), 1) END
      AND e.connection_id < s.next_connection_id
      AND e.held <= 96
      AND e.first_sample <= s.sample_id AND e.first_sample + e.held >= s.sample_id
  LEFT JOIN ended_connection AS g INDEXED BY ended_connection_long
    ON g.first_sample + g.held >= CASE x.part WHEN 2 THEN s.sample_id END
      AND g.held > 96
      AND g.first_sample <= s.sample_id
  LEFT JOIN live_connection AS l NOT INDEXED
    ON l.connection_id < CASE x.part WHEN 3 THEN s.next_connection_id END
      AND l.first_sample <= s.sample_id
      AND (l.held IS NULL OR l.first_sample + l.held >= s.sample_id)
      AND EXISTS (
        SELECT 1 FROM side AS o
        WHERE o.side_id = l.side_id AND o.recording_id = s.recording_id)
  LEFT JOIN listener AS n NOT INDEXED
    ON n.listener_id > CASE x.part WHEN 4 THEN 0 END
      AND n.recording_id = s.recording_id
      AND n.first_sample <= s.sample_id
      AND (n.last_sample >= s.sample_id OR n.last_sample IS NULL)
  WHERE coalesce(e.connection_id, g.connection_id, l.connection_id, n.listener_id) IS NOT NULL
  ) AS t
LEFT JOIN side AS d ON d.side_id = t.side_id
JOIN address AS b ON b.address_id = coalesce(d.local_address_id, t.local_address_id)
LEFT JOIN address AS a ON a.address_id = t.peer_address_id
LEFT JOIN process AS p
  ON p.process_id = CASE WHEN d.side_id IS NULL THEN t.process_id ELSE d.process_id END
WHERE t.state IS NOT NULL;

CREATE VIEW missed_sockets AS
SELECT sample_id, connection_id FROM missed;

CREATE VIEW socket_owners AS
SELECT c.connection_id, c.process_id,
  coalesce(c.opened_max_us, c.attempted_max_us,
    (SELECT s.sampled_us FROM sample AS s WHERE s.sample_id = c.first_sample)) AS from_us,
  c.closed_min_us AS until_us
FROM connection AS c
WHERE c.process_id IS NOT NULL
UNION ALL
SELECT o.connection_id, o.process_id, o.from_us,
  coalesce(o.until_us,
    (SELECT c.closed_min_us FROM connection AS c WHERE c.connection_id = o.connection_id))
FROM further_owner AS o;

CREATE VIEW listeners AS
SELECT l.listener_id, l.recording_id, nullif(l.netns, 0) AS netns, b.address AS local_address,
  l.local_port, l.process_id, p.pid, p.comm, l.first_seen_us,
  coalesce(l.last_seen_us,
    (SELECT z.sampled_us FROM sample AS z WHERE z.recording_id = l.recording_id
    ORDER BY z.sample_id DESC LIMIT 1)) AS last_seen_us,
  l.backlog, l.queue_peak, l.accepted
FROM listener AS l
JOIN address AS b ON b.address_id = l.local_address_id
LEFT JOIN process AS p ON p.process_id = l.process_id;

CREATE VIEW udp_sockets AS
SELECT u.recording_id, nullif(u.netns, 0) AS netns,
  CASE b.family WHEN 4 THEN 'ipv4' ELSE 'ipv6' END AS family,
  b.address AS local_address, u.local_port, a.address AS peer_address, u.peer_port,
  u.process_id, p.pid, p.comm, u.uid, u.first_seen_us,
  coalesce(u.last_seen_us,
    (SELECT z.sampled_us FROM sample AS z WHERE z.recording_id = u.recording_id
    ORDER BY z.sample_id DESC LIMIT 1)) AS last_seen_us
FROM datagram_socket AS u
JOIN address AS b ON b.address_id = u.local_address_id
JOIN address AS a ON a.address_id = u.peer_address_id
LEFT JOIN process AS p ON p.process_id = u.process_id;

CREATE VIEW kernel_limits AS
SELECT recording_id, nullif(netns, 0) AS netns, name, value, from_us, until_us
FROM limit_span;

CREATE VIEW namespaces AS
SELECT nullif(n.netns, 0) AS netns, n.recording_id, n.inode, n.name, n.first_seen_us,
  coalesce(n.last_seen_us,
    (SELECT z.sampled_us FROM sample AS z WHERE z.recording_id = n.recording_id
    ORDER BY z.sample_id DESC LIMIT 1)) AS last_seen_us
FROM namespace AS n;

CREATE VIEW sources AS
SELECT recording_id, source, from_us, until_us, events, lost, reason
FROM source_span;

CREATE VIEW gaps AS
SELECT recording_id, from_us, until_us, reason
FROM gap;

CREATE VIEW clock_steps AS
SELECT recording_id, at_us, offset_us
FROM clock_step;

-- What was pruned, by hour.

CREATE VIEW hourly_connections AS
SELECT g.recording_id, h.hour,
  strftime('%Y-%m-%dT%H:%M:%SZ', h.hour * 3600, 'unixepoch') AS hour_at,
  nullif(g.netns, 0) AS netns, nullif(g.comm, '') AS comm,
  CASE g.role WHEN 1 THEN 'client' WHEN 2 THEN 'server' ELSE 'unknown' END AS role,
  nullif(g.port, 0) AS service_port,
  CASE g.closed_by WHEN 1 THEN 'local' WHEN 2 THEN 'peer' WHEN 3 THEN 'both' ELSE 'unknown' END
    AS closed_by,
  CASE g.close_kind WHEN 1 THEN 'fin' WHEN 2 THEN 'reset' WHEN 3 THEN 'refused'
    WHEN 4 THEN 'connect_timeout' WHEN 5 THEN 'timeout' WHEN 6 THEN 'aborted'
    WHEN 7 THEN 'not_sent' WHEN 8 THEN 'unreachable' ELSE 'unknown' END AS close_kind,
  h.attempted, h.opened, h.closed, h.failed, h.bytes_sent, h.bytes_received
FROM connection_hour AS h JOIN hour_group AS g ON g.group_id = h.group_id;

CREATE VIEW hourly_lifetimes AS
SELECT g.recording_id, h.hour,
  strftime('%Y-%m-%dT%H:%M:%SZ', h.hour * 3600, 'unixepoch') AS hour_at,
  nullif(g.netns, 0) AS netns, nullif(g.comm, '') AS comm,
  CASE g.role WHEN 1 THEN 'client' WHEN 2 THEN 'server' ELSE 'unknown' END AS role,
  nullif(g.port, 0) AS service_port,
  CASE g.closed_by WHEN 1 THEN 'local' WHEN 2 THEN 'peer' WHEN 3 THEN 'both' ELSE 'unknown' END
    AS closed_by,
  CASE g.close_kind WHEN 1 THEN 'fin' WHEN 2 THEN 'reset' WHEN 3 THEN 'refused'
    WHEN 4 THEN 'connect_timeout' WHEN 5 THEN 'timeout' WHEN 6 THEN 'aborted'
    WHEN 7 THEN 'not_sent' WHEN 8 THEN 'unreachable' ELSE 'unknown' END AS close_kind,
  CASE h.censored WHEN 0 THEN 'none' WHEN 1 THEN 'left' WHEN 2 THEN 'right' ELSE 'both' END
    AS censoring,
  CASE h.bin WHEN 0 THEN 0 ELSE 1 << (h.bin - 1) END / 1e6 AS from_s, (1 << h.bin) / 1e6 AS until_s,
  h.number, h.total_us / 1e6 AS total_s
FROM duration_hour AS h JOIN hour_group AS g ON g.group_id = h.group_id
WHERE h.kind = 0;

CREATE VIEW hourly_time_waits AS
SELECT g.recording_id, h.hour,
  strftime('%Y-%m-%dT%H:%M:%SZ', h.hour * 3600, 'unixepoch') AS hour_at,
  nullif(g.netns, 0) AS netns, nullif(g.comm, '') AS comm,
  CASE g.role WHEN 1 THEN 'client' WHEN 2 THEN 'server' ELSE 'unknown' END AS role,
  nullif(g.port, 0) AS service_port,
  CASE g.closed_by WHEN 1 THEN 'local' WHEN 2 THEN 'peer' WHEN 3 THEN 'both' ELSE 'unknown' END
    AS closed_by,
  CASE g.close_kind WHEN 1 THEN 'fin' WHEN 2 THEN 'reset' WHEN 3 THEN 'refused'
    WHEN 4 THEN 'connect_timeout' WHEN 5 THEN 'timeout' WHEN 6 THEN 'aborted'
    WHEN 7 THEN 'not_sent' WHEN 8 THEN 'unreachable' ELSE 'unknown' END AS close_kind,
  CASE h.ended WHEN 0 THEN 'open' WHEN 1 THEN 'expired' WHEN 2 THEN 'reused'
    WHEN 3 THEN 'cut_short' WHEN 5 THEN 'no_room' ELSE 'unobserved' END AS ended_by,
  CASE h.censored WHEN 0 THEN 'none' WHEN 1 THEN 'left' WHEN 2 THEN 'right' ELSE 'both' END
    AS censoring,
  CASE h.bin WHEN 0 THEN 0 ELSE 1 << (h.bin - 1) END / 1e6 AS from_s, (1 << h.bin) / 1e6 AS until_s,
  h.number, h.total_us / 1e6 AS total_s
FROM duration_hour AS h JOIN hour_group AS g ON g.group_id = h.group_id
WHERE h.kind = 1;

CREATE VIEW hourly_samples AS
SELECT h.recording_id, h.hour,
  strftime('%Y-%m-%dT%H:%M:%SZ', h.hour * 3600, 'unixepoch') AS hour_at,
  h.from_us, h.until_us, h.samples, h.complete, h.handles_peak
FROM sample_hour AS h;

CREATE VIEW hourly_states AS
SELECT h.recording_id, h.hour,
  strftime('%Y-%m-%dT%H:%M:%SZ', h.hour * 3600, 'unixepoch') AS hour_at,
  nullif(h.netns, 0) AS netns,
  CASE h.state WHEN 0 THEN 'all' ELSE (SELECT t.name FROM tcp_state AS t WHERE t.state = h.state) END
    AS state,
  h.samples, CAST(h.total AS REAL) / h.samples AS mean, h.peak
FROM state_hour AS h;

CREATE VIEW hourly_counters AS
SELECT h.recording_id, h.hour,
  strftime('%Y-%m-%dT%H:%M:%SZ', h.hour * 3600, 'unixepoch') AS hour_at,
  nullif(h.netns, 0) AS netns,
  CASE h.counter WHEN 0 THEN 'active_opens' WHEN 1 THEN 'passive_opens' WHEN 2 THEN 'attempt_fails'
    WHEN 3 THEN 'estab_resets' WHEN 4 THEN 'retrans_segs' WHEN 5 THEN 'listen_overflows'
    WHEN 6 THEN 'listen_drops' WHEN 7 THEN 'time_wait_entries' ELSE 'time_wait_overflow' END AS name,
  h.increase
FROM counter_hour AS h;

CREATE VIEW hourly_coverage AS
SELECT h.recording_id, h.hour,
  strftime('%Y-%m-%dT%H:%M:%SZ', h.hour * 3600, 'unixepoch') AS hour_at,
  nullif(h.netns, 0) AS netns, h.from_us, h.until_us, h.active_kernel, h.active_recorded,
  h.passive_kernel, h.passive_recorded, h.unattributed,
  h.active_kernel + h.passive_kernel AS kernel_opens,
  h.active_recorded + h.passive_recorded + h.unattributed AS recorded_opens,
  CAST(h.active_recorded + h.passive_recorded + h.unattributed AS REAL)
    / nullif(h.active_kernel + h.passive_kernel, 0) AS ratio
FROM coverage_hour AS h;

CREATE VIEW hourly_fds AS
SELECT h.recording_id, h.hour,
  strftime('%Y-%m-%dT%H:%M:%SZ', h.hour * 3600, 'unixepoch') AS hour_at,
  h.comm, h.until_us, h.peak_fds
FROM descriptor_hour AS h;

CREATE VIEW prunings AS
SELECT recording_id, CASE part WHEN 0 THEN 'details' ELSE 'hours' END AS part,
  CASE reason WHEN 0 THEN 'age' WHEN 1 THEN 'size' ELSE 'by hand' END AS reason,
  from_us, until_us, "rows", bytes, pruned_us
FROM pruning;

CREATE VIEW retention AS
SELECT recording_id, keep_us, keep_rollups_us, max_bytes
FROM retention_policy;
