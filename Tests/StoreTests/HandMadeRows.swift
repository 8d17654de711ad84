/// Rows for the views' tests: one recording, four samples a second apart, a clock step of +2 s at
/// 2.5 s, five ended connections, one live, one listener. Times are written as offsets of the
/// recording's start in the table, 1,000,000,000,000,000 µs = 2001-09-09 01:46:40 UTC.
enum HandMadeRows {
    static let sql = """
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
        INSERT INTO ended_connection VALUES
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
        INSERT INTO live_connection VALUES
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
}
