package import Model

extension FileHandleCounts {
    /// The three numbers of /proc/sys/fs/file-nr; nil when there are others.
    package init?(fileNr: [UInt8]) {
        let fields = ProcText.lines(fileNr).first.map(ProcText.fields) ?? []
        guard fields.count == 3, let allocated = ProcText.number(fields[0], as: Int64.self),
            let unused = ProcText.number(fields[1], as: Int64.self),
            // The kernel prints its maximum as an unsigned number.
            let maximum = ProcText.number(fields[2], as: UInt64.self)
        else { return nil }
        self.init(allocated: allocated, unused: unused, maximum: Int64(clamping: maximum))
    }
}
