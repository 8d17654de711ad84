/// What came out of a damaged recording, and what did not.
package struct SalvageReport: Equatable, Sendable {
    /// One table's part.
    package struct Table: Equatable, Sendable {
        package let name: String
        /// Rows of the new file.
        package var salvaged = 0
        /// Rows that were read, but are no rows of this table, refer to nothing, or break a rule.
        package var leftOut = 0
        /// Pages, or all that was beneath one, that cannot be read.
        package var pagesLost = 0
        /// The most rows that these can have held; nil where nothing tells.
        package var lostAtMost: Int64? = 0
    }

    /// In the schema's order.
    package var tables: [Table] = []
    /// What else a person should know, a sentence each.
    package var notes: [String] = []
    /// What the new file's own check finds: nothing, unless this program is wrong.
    package var findings: [CheckFinding] = []

    /// Whether everything came over as it was.
    package var isWhole: Bool {
        notes.isEmpty && tables.allSatisfy { $0.leftOut == 0 && $0.pagesLost == 0 }
    }

    /// Rows in all.
    package var salvaged: Int { tables.reduce(0) { $0 + $1.salvaged } }
}
