/// RLIMIT_NOFILE as /proc/PID/limits prints it.
package struct ProcessLimits: Equatable, Sendable {
    /// The limit in force; Int64.max for unlimited.
    package var soft: Int64
    /// How far the process may raise it; Int64.max for unlimited.
    package var hard: Int64

    /// Nil when the text has no line for open files.
    package init?(_ text: [UInt8]) {
        let heading: StaticString = "Max open files"
        guard
            let line = ProcText.lines(text).first(where: {
                ProcText.line($0, startsWith: heading)
            })
        else { return nil }
        let fields = ProcText.fields(line.dropFirst(heading.utf8CodeUnitCount))
        guard fields.count >= 2, let soft = Self.limit(fields[0]), let hard = Self.limit(fields[1])
        else { return nil }
        self.soft = soft
        self.hard = hard
    }

    private static func limit(_ field: ArraySlice<UInt8>) -> Int64? {
        if field.elementsEqual("unlimited".utf8) { return .max }
        return ProcText.number(field, as: UInt64.self).map { Int64(clamping: $0) }
    }
}
