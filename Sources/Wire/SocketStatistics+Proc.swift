package import Model

extension SocketStatistics {
    /// The gauges of /proc/net/sockstat and sockstat6: lines of a heading and pairs of name and
    /// number. Sockets of both families are added up; memory is that of both already.
    package init(sockstat: [UInt8], sockstat6: [UInt8]) {
        self.init()
        for line in ProcText.lines(sockstat) + ProcText.lines(sockstat6) {
            let fields = ProcText.fields(line)
            guard let heading = fields.first.map(ProcText.string) else { continue }
            for index in stride(from: 1, to: fields.count - 1, by: 2) {
                guard let value = ProcText.number(fields[index + 1], as: Int64.self) else {
                    continue
                }
                take(heading, ProcText.string(fields[index]), value)
            }
        }
    }

    private mutating func take(_ heading: String, _ name: String, _ value: Int64) {
        switch (heading, name) {
        case ("sockets:", "used"): socketsUsed = value
        case ("TCP:", "inuse"), ("TCP6:", "inuse"): Self.add(value, to: &tcpInUse)
        case ("TCP:", "orphan"): tcpOrphans = value
        case ("TCP:", "tw"): tcpTimeWait = value
        case ("TCP:", "alloc"): tcpAllocated = value
        case ("TCP:", "mem"): tcpMemoryPages = value
        case ("UDP:", "inuse"), ("UDP6:", "inuse"): Self.add(value, to: &udpInUse)
        case ("UDP:", "mem"): udpMemoryPages = value
        default: break
        }
    }

    private static func add(_ value: Int64, to sum: inout Int64?) {
        sum = (sum ?? 0).addingReportingOverflow(value).partialValue
    }
}
