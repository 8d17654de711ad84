import Model

/// About how many rows the view socket_table has.
package enum TableSizeQuery {
    private static let sql = "SELECT coalesce(sum(sockets), 0) FROM samples"

    package static let question = Question(sql, columns: [Column("rows", kind: .number)])
}
