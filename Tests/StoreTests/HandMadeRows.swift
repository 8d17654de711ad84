/// Rows for the views' tests: one recording, four samples a second apart, a clock step of +2 s at
/// 2.5 s, five ended connections, one live, one listener. Times are written as offsets of the
/// recording's start in the table, 1,000,000,000,000,000 µs = 2001-09-09 01:46:40 UTC.
enum HandMadeRows {
    static let sql = plainTables + rows

    private static let rows = """
        INSERT INTO recording VALUES
          (1, 'u', 'h', 'b', 'k', 'v', 1000000, 1000000000000000, NULL, NULL);
        INSERT INTO clock_step VALUES (1, 1000000002500000, 2000000, 2000000);
        INSERT INTO address VALUES (1, 4, '10.0.0.1'), (2, 4, '10.0.0.2'), (3, 6, '::');
        INSERT INTO process VALUES
          (1, 1, 77, 999999999000000, 'nginx', '/n', 33, NULL, NULL, NULL, 1000000001000000, NULL),
          (2, 1, 78, 999999999000000, 'child', '/n', 33, NULL, NULL, NULL, 1000000001000000,
            1000000002000000);
        INSERT INTO sample VALUES
          (1, 1, 1000000001000000, 0, 500, 3, 1, 3, 10, 0, 100, NULL, NULL, NULL, NULL, NULL, NULL,
            NULL),
          (2, 1, 1000000002000000, 0, 500, 3, 1, 5, 10, 0, 100, 7, NULL, NULL, NULL, NULL, NULL,
            NULL),
          (3, 1, 1000000003000000, 1, NULL, NULL, 0, 6, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
            NULL, NULL, NULL),
          (4, 1, 1000000004000000, 0, 500, 3, 1, 7, 10, 0, 100, NULL, NULL, NULL, NULL, NULL, NULL,
            NULL);
        -- 1: open before the start, in samples 1 and 2, closed between 2.1 s and 2.3 s.
        INSERT INTO plain_ended_connection VALUES
          (1, 1, 9, 0, 1, 80, 2, 5001, 2, 1, 33, 101, 1, NULL, NULL, NULL, 1000000001000000,
            1000000002100000, 1000000002300000, 2, 1, NULL, NULL, NULL, NULL, NULL, NULL, 1, 2, 0,
            NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
        -- 2: opened between 0.2 and 0.4 s, closed at 1.5 s, TIME-WAIT in samples 2 and 3, which it
        -- left between 3.1 and 3.5 s.
          (2, 1, 9, 0, 1, 80, 2, 5002, 2, 1, 33, 102, 6, 1000000000200000, 1000000000400000,
            1000000000200000, 1000000000400000, 1000000001500000, 1000000001500000, 1, 1, 10, 20,
            0, 50, 0, 0, 1, 3, 0, 2, 1000000001500000, 1000000001500000, 1000000003100000,
            1000000003500000, 1, 3, NULL, NULL),
        -- 3: ESTAB, then CLOSE-WAIT from sample 3 on, right-censored at 4 s.
          (3, 1, 0, 4, 1, 80, 2, 5003, 1, NULL, NULL, 0, 8, NULL, NULL, 1000000001200000,
            1000000001200000, 1000000004000000, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL, NULL, 2,
            4, 1, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
        -- 4: refused: never opened, never in a sample.
          (4, 1, 9, 0, 1, 5004, 2, 81, 1, 2, 33, 104, 7, 1000000001600000, 1000000001600000, NULL,
            NULL, 1000000001600100, 1000000001600100, 2, 3, NULL, NULL, NULL, NULL, NULL, NULL,
            NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
        INSERT INTO span VALUES
          (3, 0, 1, 2, 2, 1000000001200000, 1000000001200000, 1000000002000000, 1000000003000000),
          (3, 1, 8, 3, 4, 1000000002000000, 1000000003000000, 1000000004000000, NULL);
        -- 5: live since 2.7 s, in the table from sample 3 on. 6: in TIME-WAIT, live.
        INSERT INTO plain_live_connection VALUES
          (5, 1, 9, 0, 1, 80, 2, 5005, 2, 1, 33, 105, 1, NULL, NULL, 1000000002700000,
            1000000002700000, NULL, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL, NULL, 3, NULL, 0,
            NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
          (6, 1, 9, 0, 1, 80, 2, 5006, 2, 1, 33, 106, 6, NULL, NULL, 1000000003200000,
            1000000003300000, 1000000003400000, 1000000003400000, 1, 1, NULL, NULL, NULL, NULL,
            NULL, NULL, 4, NULL, 0, 4, 1000000003400000, 1000000003400000, NULL, NULL, 0, 0, NULL,
            NULL);
        INSERT INTO further_owner VALUES (5, 2, 1000000002800000, NULL);
        INSERT INTO missed VALUES (2, 1);
        INSERT INTO listener VALUES
          (1, 1, 9, 0, 3, 80, 100, 33, 1, 1000000001000000, NULL, 1, NULL, 511, 2, 4);
        INSERT INTO datagram_socket VALUES
          (1, 1, 9, 3, 53, 3, 0, 1, 33, 1000000001000000, NULL);
        INSERT INTO descriptor_span VALUES
          (1, 1, 1, 1000000001000000, NULL, 20, 22, 1024, 4096);
        INSERT INTO limit_span VALUES
          (1, 1, NULL, 'file-max', '100', 1000000001000000, NULL);
        INSERT INTO namespace VALUES (1, 9, 4026531840, NULL, 1000000001000000, NULL);
        INSERT INTO source_span VALUES
          (1, 1, 'sock_diag', 1000000001000000, NULL, 12, 0, NULL);
        INSERT INTO gap VALUES (1, 1000000002200000, 1000000002400000, 'suspended');
        """

    /// The layout that people think in: absolute bounds in a view that packs what is inserted, so
    /// that a test says what a connection was and not how it is stored.
    static let plainTables = plain("ended") + plain("live")

    private static func plain(_ kind: String) -> String {
        """
        CREATE TEMP VIEW plain_\(kind)_connection AS
        SELECT connection_id, recording_id, netns, interface, local_address_id, local_port,
          peer_address_id, peer_port, role, process_id, uid, cookie, state, attempted_min_us,
          attempted_max_us, opened_min_us, opened_max_us, closed_min_us, closed_max_us, closed_by,
          close_kind, bytes_sent, bytes_received, retransmits, rtt_us, recv_queue_peak,
          send_queue_peak, first_sample, last_sample, has_spans, tw_first_sample,
          tw_entered_min_us, tw_entered_max_us, tw_left_min_us, tw_left_max_us, tw_restarts,
          tw_ended_by, closing_began_us, closing_half_us
        FROM stored_connection WHERE live = \(kind == "live" ? 1 : 0);
        CREATE TEMP TRIGGER plain_\(kind) INSTEAD OF INSERT ON plain_\(kind)_connection BEGIN
          INSERT INTO side
          SELECT NULL, NEW.recording_id, r.started_us, NEW.netns, NEW.interface,
            NEW.local_address_id, iif(NEW.role = 2, NEW.local_port, NEW.peer_port), NEW.role = 2,
            NEW.role, NEW.process_id, NEW.uid
          FROM recording AS r WHERE r.recording_id = NEW.recording_id;
          INSERT INTO \(kind)_connection
          SELECT NEW.connection_id, d.side_id,
            NEW.state + 256 * NEW.closed_by + 1024 * NEW.close_kind + 16384 * NEW.has_spans,
            NEW.first_sample, NEW.last_sample - NEW.first_sample,
            NEW.tw_first_sample - NEW.first_sample, b.at - d.origin_us,
            \(packed("opened", "b.at")), \(packed("closed", "b.at")),
            \(packed("attempted", "b.at")), NEW.tw_ended_by + 8 * NEW.tw_restarts,
            \(packed("tw_entered", "coalesce(NEW.closed_max_us, NEW.closed_min_us, b.at)")),
            \(packed("tw_left", "NEW.tw_entered_max_us - 60000000")),
            NEW.closing_began_us, NEW.closing_half_us, NEW.peer_address_id,
            iif(NEW.role = 2, NEW.peer_port, NEW.local_port) - 32768, NEW.cookie, NEW.bytes_sent,
            NEW.bytes_received, NEW.retransmits, NEW.rtt_us, NEW.recv_queue_peak,
            NEW.send_queue_peak
          FROM side AS d, (
            SELECT coalesce(NEW.opened_max_us, NEW.attempted_max_us, NEW.closed_max_us) AS at) AS b
          ORDER BY d.side_id DESC LIMIT 1;
        END;

        """
    }

    private static func packed(_ change: String, _ base: String) -> String {
        """
        coalesce(NEW.\(change)_max_us, NEW.\(change)_min_us) - \(base),
        iif(NEW.\(change)_max_us IS NULL, iif(NEW.\(change)_min_us IS NULL, NULL, -1),
          NEW.\(change)_max_us - NEW.\(change)_min_us)
        """
    }
}
