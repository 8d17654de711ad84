package import Model

extension KernelCounters {
    /// The counters named in /proc/net/snmp and /proc/net/netstat: pairs of lines, names and then
    /// numbers, both behind the same heading.
    package init(snmp: [UInt8], netstat: [UInt8]) {
        self.init()
        for text in [snmp, netstat] {
            var names: [ArraySlice<UInt8>] = []
            for line in ProcText.lines(text) {
                let fields = ProcText.fields(line)
                if let heading = names.first, heading == fields.first {
                    take(names: names, numbers: fields)
                    names = []
                } else {
                    names = fields
                }
            }
        }
    }

    private mutating func take(names: [ArraySlice<UInt8>], numbers: [ArraySlice<UInt8>]) {
        guard let heading = names.first.map(ProcText.string) else { return }
        for (name, number) in zip(names, numbers).dropFirst() {
            guard let value = ProcText.number(number, as: Int64.self) else { continue }
            switch heading {
            case "Tcp:": take(tcp: ProcText.string(name), value)
            case "TcpExt:": take(extended: ProcText.string(name), value)
            default: return
            }
        }
    }

    private mutating func take(tcp name: String, _ value: Int64) {
        switch name {
        case "ActiveOpens": activeOpens = value
        case "PassiveOpens": passiveOpens = value
        case "AttemptFails": attemptFails = value
        case "EstabResets": establishedResets = value
        case "RetransSegs": retransmittedSegments = value
        default: break
        }
    }

    private mutating func take(extended name: String, _ value: Int64) {
        switch name {
        case "ListenOverflows": listenOverflows = value
        case "ListenDrops": listenDrops = value
        case "TW": timeWaitEntries = value
        case "TCPTimeWaitOverflow": timeWaitOverflow = value
        default: break
        }
    }
}
