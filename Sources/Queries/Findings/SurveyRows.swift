import Model

/// Rows that were counted, as a question reads them back: each begins with a side and a row of
/// `address`, from which the names of both ends come.
enum SurveyRows {
    /// Numbers stand in `n0` and so on. `t` is each row with its names.
    static func told(_ numbers: Int) -> String {
        let columns = (0..<numbers).map { "json_extract(j.value, '$[\($0 + 2)]') AS n\($0)" }
        return """
            (SELECT d.recording_id, nullif(d.netns, 0) AS netns, p.comm AS process,
              CASE d.role WHEN 1 THEN 'client' ELSE 'server' END AS role,
              nullif(d.port, 0) AS service_port,
              nullif(nullif(b.address, '0.0.0.0'), '::') AS local_address,
              nullif(nullif(a.address, '0.0.0.0'), '::') AS peer_address,
              \(columns.joined(separator: ", "))
            FROM json_each(:rows) AS j JOIN side AS d ON d.side_id = json_extract(j.value, '$[0]')
            JOIN address AS b ON b.address_id = d.local_address_id
            LEFT JOIN address AS a ON a.address_id = json_extract(j.value, '$[1]')
            LEFT JOIN process AS p ON p.process_id = d.process_id) AS t
            """
    }

    /// The rows as JSON; an unknown number is null.
    static func cell(_ rows: [[Int64?]]) -> Cell {
        let texts = rows.map { row in
            "[" + row.map { $0.map(String.init) ?? "null" }.joined(separator: ",") + "]"
        }
        return .text("[" + texts.joined(separator: ",") + "]")
    }
}
