/// How fast something grows, of its levels at the ends of equal parts of a range: the median of the
/// slopes between any two of them, which a few odd ones do not move (H. Theil, 1950). Whether it
/// grows for sure is Mann's test (1945) on the signs of the slopes: one in forty that merely
/// scatter would pass.
enum Growth {
    /// Tables `pair`, `placed` and `growth` (`number`, `an_hour`, `is_sure`) of a table `probe`
    /// (`number`, `slot`, `n`), for `:slots` parts from `:first` on.
    static let sql = """
        pair AS (
          SELECT a.number, (b.n - a.n) * 1.0 / (b.slot - a.slot) AS rise
          FROM probe AS a JOIN probe AS b ON b.number = a.number AND b.slot > a.slot
          WHERE a.slot >= :first),
        placed AS (
          SELECT number, rise, row_number() OVER (PARTITION BY number ORDER BY rise) AS place,
            count(*) OVER (PARTITION BY number) AS pairs,
            sum((rise > 0) - (rise < 0)) OVER (PARTITION BY number) AS score
          FROM pair),
        growth AS (
          SELECT number, avg(rise) * :slots * 3.6e9 / nullif(:until - :since, 0) AS an_hour,
            -- The variance of the score of k scattered levels is k (k - 1) (2 k + 5) / 18.
            max(score) > 0 AND max(score) * max(score) * 18 > 1.96 * 1.96
              * (:slots - :first + 1) * (:slots - :first) * (2 * (:slots - :first + 1) + 5)
              AS is_sure
          FROM placed WHERE place IN ((pairs + 1) / 2, (pairs + 2) / 2) GROUP BY number)
        """

    /// A table `number`s: what was swept, as `event` (`number`, `at`, `place`, `step`, `slot`), in
    /// one run: `level`, then the most of it, `peak` (`number`, `peak`, `peak_at`), and `probe`.
    static let sweepSQL = """
        level AS MATERIALIZED (
          SELECT number, at, place, slot, sum(step) OVER (
            PARTITION BY number ORDER BY at, place ROWS UNBOUNDED PRECEDING) AS n
          FROM event),
        peak AS MATERIALIZED (
          SELECT number, n AS peak, at AS peak_at
          FROM (SELECT *, row_number() OVER (PARTITION BY number ORDER BY n DESC, at) AS back
            FROM level WHERE place = 1)
          WHERE back = 1),
        drawn AS MATERIALIZED (
          SELECT number, json_group_array(n) AS levels
          FROM (SELECT number, n FROM level WHERE place = 2 ORDER BY number, slot)
          GROUP BY number)
        """

    /// Numbers 1 to `:slots`.
    static let slotsSQL = """
        part AS (SELECT 1 AS slot UNION ALL SELECT slot + 1 FROM part WHERE slot < :slots)
        """

    /// The levels of a table `total` (`number`, `levels`), one below the other.
    static let probeSQL = """
        probe AS MATERIALIZED (
          SELECT t.number, l.key + 1 AS slot, l.value AS n
          FROM total AS t, json_each(t.levels) AS l)
        """
}
