-- socktape, first layout. Tables are internal and named in the singular; people read the views
-- below them, named in the plural. Times are microseconds on the recording's axis: the wall clock
-- at its start plus the boot time elapsed since. Unknown is NULL, except netns and cookie, where
-- the kernel counts from 1 and 0 means unknown.

CREATE TABLE recording (
  recording_id INTEGER PRIMARY KEY,
  recording_uuid TEXT NOT NULL UNIQUE,
  host TEXT NOT NULL,
  boot_id TEXT NOT NULL,
  kernel TEXT NOT NULL,
  version TEXT NOT NULL,
  interval_us INTEGER NOT NULL,
  started_us INTEGER NOT NULL,
  ended_us INTEGER,
  end_reason TEXT
) STRICT;

-- total_us is the sum of all steps of the recording up to this one.
CREATE TABLE clock_step (
  recording_id INTEGER NOT NULL REFERENCES recording (recording_id),
  at_us INTEGER NOT NULL,
  offset_us INTEGER NOT NULL,
  total_us INTEGER NOT NULL,
  PRIMARY KEY (recording_id, at_us)
) STRICT, WITHOUT ROWID;

CREATE TABLE namespace (
  recording_id INTEGER NOT NULL REFERENCES recording (recording_id),
  netns INTEGER NOT NULL,
  inode INTEGER,
  name TEXT,
  first_seen_us INTEGER NOT NULL,
  last_seen_us INTEGER,
  PRIMARY KEY (recording_id, netns)
) STRICT, WITHOUT ROWID;

CREATE TABLE address (
  address_id INTEGER PRIMARY KEY,
  family INTEGER NOT NULL,  -- 4 or 6
  address TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE process (
  process_id INTEGER PRIMARY KEY,
  recording_id INTEGER NOT NULL REFERENCES recording (recording_id),
  pid INTEGER NOT NULL,
  started_us INTEGER NOT NULL,
  comm TEXT NOT NULL,
  executable TEXT,
  uid INTEGER,
  cgroup TEXT,
  unit TEXT,
  container TEXT,
  first_seen_us INTEGER NOT NULL,
  last_seen_us INTEGER  -- NULL while it runs
) STRICT;

-- next_connection_id: connections first seen by this sample or an earlier one have a lower id, so
-- that the table at a sample is found without an index of its own.
CREATE TABLE sample (
  sample_id INTEGER PRIMARY KEY,
  recording_id INTEGER NOT NULL REFERENCES recording (recording_id),
  sampled_us INTEGER NOT NULL,
  basis INTEGER NOT NULL,  -- 0 dump, 1 ledger
  dump_us INTEGER,
  sockets INTEGER,
  complete INTEGER NOT NULL,
  next_connection_id INTEGER NOT NULL,
  fd_allocated INTEGER,
  fd_unused INTEGER,
  fd_maximum INTEGER,  -- negative: less 2^63; most hosts allow 2^63 - 1
  lag_us INTEGER,
  write_us INTEGER,
  backlog_bytes INTEGER,
  late_events INTEGER,
  drift INTEGER,
  memory_bytes INTEGER,
  file_bytes INTEGER
) STRICT;
CREATE INDEX sample_time ON sample (sampled_us);

CREATE TABLE namespace_sample (
  sample_id INTEGER NOT NULL REFERENCES sample (sample_id),
  netns INTEGER NOT NULL,
  established INTEGER,
  syn_sent INTEGER,
  syn_recv INTEGER,
  fin_wait1 INTEGER,
  fin_wait2 INTEGER,
  time_wait INTEGER,
  close_wait INTEGER,
  last_ack INTEGER,
  closing INTEGER,
  listen INTEGER,
  total INTEGER,
  active_opens INTEGER,
  passive_opens INTEGER,
  attempt_fails INTEGER,
  estab_resets INTEGER,
  retrans_segs INTEGER,
  listen_overflows INTEGER,
  listen_drops INTEGER,
  time_wait_entries INTEGER,
  time_wait_overflow INTEGER,
  sockets_used INTEGER,
  tcp_inuse INTEGER,
  tcp_orphans INTEGER,
  tcp_time_wait INTEGER,
  tcp_allocated INTEGER,
  tcp_memory_pages INTEGER,
  udp_inuse INTEGER,
  udp_memory_pages INTEGER,
  active_recorded INTEGER NOT NULL,
  passive_recorded INTEGER NOT NULL,
  unattributed INTEGER NOT NULL,
  PRIMARY KEY (sample_id, netns)
) STRICT, WITHOUT ROWID;

-- This host's end of connections, with all that repeats from one connection to the next. One of the
-- two ports is here: the one that does not change, told by the role, else the lower one.
CREATE TABLE side (
  side_id INTEGER PRIMARY KEY,
  recording_id INTEGER NOT NULL REFERENCES recording (recording_id),
  origin_us INTEGER NOT NULL,  -- started_us of the recording
  netns INTEGER NOT NULL,
  interface INTEGER NOT NULL,
  local_address_id INTEGER NOT NULL REFERENCES address (address_id),
  port INTEGER NOT NULL,
  is_local INTEGER NOT NULL,  -- whether port is the local one; else it is the peer's
  role INTEGER NOT NULL,  -- 0 unknown, 1 client, 2 server
  process_id INTEGER REFERENCES process (process_id),
  uid INTEGER
) STRICT;

-- Connections that are there, rewritten when they change. The two tables have the same columns: a
-- connection moves to ended_connection when nothing more can change, and is written there once.
-- Nobody reads these columns as they are: the view stored_connection unpacks them. They are small
-- numbers, as SQLite keeps 0 and 1 in no octet, 127 in one, 32767 in two.
--
-- Every change of a life is two columns: its latest moment, against another moment of the life, and
-- the width of its bounds, 0 where it is exact. Width NULL: there is no earliest; both NULL: nothing
-- is known; width -1: there is no latest, and the first column is the earliest.
--
-- Its stay in ESTAB reaches from first_sample and opened to its TIME-WAIT, or to its last sample and
-- closed, unless rows of span tell its stays. Where both steps of a regular close are exact and no
-- sample saw them, closing_began and closing_half tell them, in µs before the end of the full
-- socket: when ESTAB was left (for FIN-WAIT-1 or CLOSE-WAIT, by closed_by), and when the next state
-- was entered (FIN-WAIT-2 or LAST-ACK).
CREATE TABLE live_connection (
  connection_id INTEGER PRIMARY KEY,
  side_id INTEGER NOT NULL REFERENCES side (side_id),
  -- state + 256 * closed_by + 1024 * close_kind + 16384 * has_spans.
  -- closed_by: 0 unknown, 1 local, 2 peer, 3 both. close_kind: 0 unknown, 1 fin, 2 reset, 3 refused,
  -- 4 connect timeout, 5 timeout, 6 aborted, 7 not sent, 8 unreachable.
  facts INTEGER NOT NULL,
  first_sample INTEGER,
  held INTEGER,  -- the last sample less the first
  tw_shown INTEGER,  -- the first sample that shows the TIME-WAIT, less first_sample
  at INTEGER NOT NULL,  -- a moment of the life, against origin_us; the next six are against it
  opened INTEGER,
  opened_width INTEGER,
  closed INTEGER,
  closed_width INTEGER,
  attempted INTEGER,
  attempted_width INTEGER,
  -- 0 open, 1 expired, 2 reused, 3 cut short, 4 unobserved, 5 no room: there was none; + 8 for each
  -- restart. NULL: no TIME-WAIT.
  tw_end INTEGER,
  tw_entered INTEGER,  -- against closed
  tw_entered_width INTEGER,
  tw_left INTEGER,  -- against tw_entered and 60 s
  tw_left_width INTEGER,
  closing_began INTEGER,
  closing_half INTEGER,
  peer_address_id INTEGER NOT NULL REFERENCES address (address_id),
  port INTEGER NOT NULL,  -- the port that is not in side, less 32768
  cookie INTEGER NOT NULL,
  bytes_sent INTEGER,
  bytes_received INTEGER,
  retransmits INTEGER,
  rtt_us INTEGER,
  recv_queue_peak INTEGER,
  send_queue_peak INTEGER
) STRICT;

CREATE TABLE ended_connection (
  connection_id INTEGER PRIMARY KEY,
  side_id INTEGER NOT NULL REFERENCES side (side_id),
  facts INTEGER NOT NULL,
  first_sample INTEGER,
  held INTEGER,
  tw_shown INTEGER,
  at INTEGER NOT NULL,
  opened INTEGER,
  opened_width INTEGER,
  closed INTEGER,
  closed_width INTEGER,
  attempted INTEGER,
  attempted_width INTEGER,
  tw_end INTEGER,
  tw_entered INTEGER,
  tw_entered_width INTEGER,
  tw_left INTEGER,
  tw_left_width INTEGER,
  closing_began INTEGER,
  closing_half INTEGER,
  peer_address_id INTEGER NOT NULL REFERENCES address (address_id),
  port INTEGER NOT NULL,
  cookie INTEGER NOT NULL,
  bytes_sent INTEGER,
  bytes_received INTEGER,
  retransmits INTEGER,
  rtt_us INTEGER,
  recv_queue_peak INTEGER,
  send_queue_peak INTEGER
) STRICT;
-- The table at a sample: short lives are found by their ids, long ones here. first_sample lets a
-- life that began later be passed over without a look at its row.
CREATE INDEX ended_connection_long ON ended_connection (first_sample + held, first_sample)
  WHERE held > 96;

-- The stays of lives that are more than ESTAB and then TIME-WAIT.
CREATE TABLE span (
  connection_id INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  state INTEGER NOT NULL,
  first_sample INTEGER,
  last_sample INTEGER,  -- NULL while it lasts
  entered_min_us INTEGER,
  entered_max_us INTEGER,
  left_min_us INTEGER,
  left_max_us INTEGER,
  PRIMARY KEY (connection_id, sequence)
) STRICT, WITHOUT ROWID;

-- Connections that were there at a sample although its dump did not show them.
CREATE TABLE missed (
  sample_id INTEGER NOT NULL REFERENCES sample (sample_id),
  connection_id INTEGER NOT NULL,
  PRIMARY KEY (sample_id, connection_id)
) STRICT, WITHOUT ROWID;

-- Holders beside the connection's own process_id.
CREATE TABLE further_owner (
  connection_id INTEGER NOT NULL,
  process_id INTEGER NOT NULL REFERENCES process (process_id),
  from_us INTEGER NOT NULL,
  until_us INTEGER,
  PRIMARY KEY (connection_id, process_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE listener (
  listener_id INTEGER PRIMARY KEY,
  recording_id INTEGER NOT NULL REFERENCES recording (recording_id),
  netns INTEGER NOT NULL,
  interface INTEGER NOT NULL,
  local_address_id INTEGER NOT NULL REFERENCES address (address_id),
  local_port INTEGER NOT NULL,
  cookie INTEGER NOT NULL,
  uid INTEGER,
  process_id INTEGER REFERENCES process (process_id),
  first_seen_us INTEGER NOT NULL,
  last_seen_us INTEGER,  -- NULL while it is there
  first_sample INTEGER NOT NULL,
  last_sample INTEGER,  -- NULL while it is there
  backlog INTEGER,
  queue_peak INTEGER,
  accepted INTEGER NOT NULL
) STRICT;

CREATE TABLE datagram_socket (
  datagram_socket_id INTEGER PRIMARY KEY,
  recording_id INTEGER NOT NULL REFERENCES recording (recording_id),
  netns INTEGER NOT NULL,
  local_address_id INTEGER NOT NULL REFERENCES address (address_id),
  local_port INTEGER NOT NULL,
  peer_address_id INTEGER NOT NULL REFERENCES address (address_id),
  peer_port INTEGER NOT NULL,
  process_id INTEGER REFERENCES process (process_id),
  uid INTEGER,
  first_seen_us INTEGER NOT NULL,
  last_seen_us INTEGER  -- NULL while it is there
) STRICT;

CREATE TABLE descriptor_span (
  descriptor_span_id INTEGER PRIMARY KEY,
  recording_id INTEGER NOT NULL REFERENCES recording (recording_id),
  process_id INTEGER NOT NULL REFERENCES process (process_id),
  from_us INTEGER NOT NULL,
  until_us INTEGER,  -- NULL while it lasts
  open_fds INTEGER NOT NULL,
  peak_fds INTEGER NOT NULL,
  soft_limit INTEGER,
  hard_limit INTEGER
) STRICT;

CREATE TABLE limit_span (
  limit_span_id INTEGER PRIMARY KEY,
  recording_id INTEGER NOT NULL REFERENCES recording (recording_id),
  netns INTEGER,  -- NULL for a limit of the whole host
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  from_us INTEGER NOT NULL,
  until_us INTEGER
) STRICT;

CREATE TABLE source_span (
  source_span_id INTEGER PRIMARY KEY,
  recording_id INTEGER NOT NULL REFERENCES recording (recording_id),
  source TEXT NOT NULL,
  from_us INTEGER NOT NULL,
  until_us INTEGER,
  events INTEGER,
  lost INTEGER,
  reason TEXT
) STRICT;

CREATE TABLE gap (
  recording_id INTEGER NOT NULL REFERENCES recording (recording_id),
  from_us INTEGER NOT NULL,
  until_us INTEGER NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (recording_id, from_us)
) STRICT, WITHOUT ROWID;

-- What details said that were pruned, by hour of the wall clock, counted from 1970. A row counts what
-- was pruned and nothing that is still there in detail; it grows as more goes.

-- What connections have in common. Beyond some thousands of groups a recording's new ones are
-- gathered in one without a name.
CREATE TABLE hour_group (
  group_id INTEGER PRIMARY KEY,
  recording_id INTEGER NOT NULL REFERENCES recording (recording_id),
  netns INTEGER NOT NULL,
  comm TEXT NOT NULL,  -- empty where it was not known
  role INTEGER NOT NULL,
  port INTEGER NOT NULL,  -- the one that does not change, as in side
  closed_by INTEGER NOT NULL,
  close_kind INTEGER NOT NULL,
  UNIQUE (recording_id, netns, comm, role, port, closed_by, close_kind)
) STRICT;

CREATE TABLE connection_hour (
  hour INTEGER NOT NULL,
  group_id INTEGER NOT NULL REFERENCES hour_group (group_id),
  attempted INTEGER NOT NULL,
  opened INTEGER NOT NULL,
  closed INTEGER NOT NULL,
  failed INTEGER NOT NULL,
  bytes_sent INTEGER,
  bytes_received INTEGER,
  PRIMARY KEY (hour, group_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE duration_hour (
  hour INTEGER NOT NULL,
  group_id INTEGER NOT NULL REFERENCES hour_group (group_id),
  kind INTEGER NOT NULL,  -- 0 lifetime, 1 TIME-WAIT
  ended INTEGER NOT NULL,  -- of a TIME-WAIT: as tw_end without restarts; of a lifetime: 0
  censored INTEGER NOT NULL,  -- 0 none, 1 left, 2 right, 3 both: then the durations are the least
  bin INTEGER NOT NULL,  -- significant bits of the duration in µs
  number INTEGER NOT NULL,
  total_us INTEGER NOT NULL,
  PRIMARY KEY (hour, group_id, kind, ended, censored, bin)
) STRICT, WITHOUT ROWID;

CREATE TABLE sample_hour (
  hour INTEGER NOT NULL,
  recording_id INTEGER NOT NULL REFERENCES recording (recording_id),
  from_us INTEGER NOT NULL,
  until_us INTEGER NOT NULL,
  samples INTEGER NOT NULL,
  complete INTEGER NOT NULL,
  handles_peak INTEGER,
  PRIMARY KEY (hour, recording_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE state_hour (
  hour INTEGER NOT NULL,
  recording_id INTEGER NOT NULL REFERENCES recording (recording_id),
  netns INTEGER NOT NULL,
  state INTEGER NOT NULL,  -- 0: all together
  samples INTEGER NOT NULL,
  total INTEGER NOT NULL,
  peak INTEGER NOT NULL,
  PRIMARY KEY (hour, recording_id, netns, state)
) STRICT, WITHOUT ROWID;

-- counter: the place of its column in kernel_counters, from 0.
CREATE TABLE counter_hour (
  hour INTEGER NOT NULL,
  recording_id INTEGER NOT NULL REFERENCES recording (recording_id),
  netns INTEGER NOT NULL,
  counter INTEGER NOT NULL,
  increase INTEGER NOT NULL,
  PRIMARY KEY (hour, recording_id, netns, counter)
) STRICT, WITHOUT ROWID;

CREATE TABLE coverage_hour (
  hour INTEGER NOT NULL,
  recording_id INTEGER NOT NULL REFERENCES recording (recording_id),
  netns INTEGER NOT NULL,
  from_us INTEGER NOT NULL,
  until_us INTEGER NOT NULL,
  active_kernel INTEGER,
  active_recorded INTEGER NOT NULL,
  passive_kernel INTEGER,
  passive_recorded INTEGER NOT NULL,
  unattributed INTEGER NOT NULL,
  PRIMARY KEY (hour, recording_id, netns)
) STRICT, WITHOUT ROWID;

CREATE TABLE descriptor_hour (
  hour INTEGER NOT NULL,
  recording_id INTEGER NOT NULL REFERENCES recording (recording_id),
  comm TEXT NOT NULL,
  until_us INTEGER NOT NULL,
  peak_fds INTEGER NOT NULL,
  PRIMARY KEY (hour, recording_id, comm)
) STRICT, WITHOUT ROWID;

-- What is gone of a recording, and why. A row grows as more goes for the same reason.
CREATE TABLE pruning (
  recording_id INTEGER NOT NULL REFERENCES recording (recording_id),
  part INTEGER NOT NULL,  -- 0 details, 1 hours
  reason INTEGER NOT NULL,  -- 0 age, 1 size, 2 by hand
  from_us INTEGER NOT NULL,
  until_us INTEGER NOT NULL,
  "rows" INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  pruned_us INTEGER NOT NULL,  -- by the wall clock
  PRIMARY KEY (recording_id, part, reason)
) STRICT, WITHOUT ROWID;

-- What a recording was told to keep; NULL: all.
CREATE TABLE retention_policy (
  recording_id INTEGER PRIMARY KEY REFERENCES recording (recording_id),
  keep_us INTEGER,
  keep_rollups_us INTEGER,
  max_bytes INTEGER
) STRICT;

-- Words for the numbers that tables hold.

CREATE TABLE tcp_state (state INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;
INSERT INTO tcp_state VALUES
  (1, 'ESTAB'), (2, 'SYN-SENT'), (3, 'SYN-RECV'), (4, 'FIN-WAIT-1'), (5, 'FIN-WAIT-2'),
  (6, 'TIME-WAIT'), (7, 'UNCONN'), (8, 'CLOSE-WAIT'), (9, 'LAST-ACK'), (10, 'LISTEN'),
  (11, 'CLOSING'), (12, 'SYN-RECV');
