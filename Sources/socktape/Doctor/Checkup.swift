import Kernel
import Model
import Rendering

/// One look at every source that a recorder can use.
struct Checkup {
    /// Tries of sources that are opened only to see whether they work.
    struct Tries {
        /// Listens for destroy messages for a moment.
        var closes: (() throws -> Void)?
        /// Enters the other network namespaces: how many there are, and why not all were entered.
        var namespaces: (() throws -> (others: Int, hidden: String?))?
    }

    let privileges: Privileges
    var tries = Tries()

    /// Everything that was looked at, and what `--capture auto` would choose.
    func look() -> [SourceFinding] {
        var findings = events()
        let hearsEvents = findings.first?.state == .works
        findings.append(closes())
        let hearsCloses = findings.last?.state == .works
        findings += tables()
        do {
            let host = try LinuxHost()
            findings += [namespaces(hearsEvents), owners(host), descriptors(host)]
            findings += [timer(host), counters(host), datagrams(host)]
        } catch {
            findings.append(SourceFinding("/proc", .missing, "\(error)"))
        }
        findings.append(Self.choice(events: hearsEvents, closes: hearsCloses))
        return findings
    }

    /// What `--capture auto` records by.
    static func choice(events: Bool, closes: Bool) -> SourceFinding {
        let name = events ? "dumps+events" : closes ? "dumps+closes" : "dumps"
        return SourceFinding("capture auto", .works, "chooses \(name)")
    }
}

extension Checkup.Tries {
    /// The kernel's own answers.
    static var real: Checkup.Tries {
        Checkup.Tries(
            closes: { _ = try DestroyMessages() },
            namespaces: {
                let directory = try NamespaceDirectory()
                let others = directory.scan().filter { $0.cookie != directory.own.cookie }
                for namespace in others { _ = try directory.open(namespace) }
                return (others.count, directory.notes.first?.reason)
            })
    }
}

// MARK: What tells of changes

extension Checkup {
    private static let withoutEvents = """
        openings, ends and resets lie between two samples, as far as destroy messages do not tell; \
        connections shorter than the interval may be missed
        """

    private func events() -> [SourceFinding] {
        let needed = privileges.lacks([.bpf, .perfmon])
        do {
            let source = try EventSource()
            return [
                SourceFinding(
                    "events by BPF", .works,
                    "each opening, end and reset to the microsecond, in every namespace"),
                timers(source),
            ]
        } catch {
            return [
                SourceFinding(
                    "events by BPF", .missing, "\(error)", loss: Self.withoutEvents,
                    remedy: privileges.remedy(needed), lacking: needed),
                SourceFinding(
                    "event timers", .missing, "they come with events by BPF", loss: Self.untimed,
                    remedy: privileges.remedy(needed + privileges.lacks([.syslog])),
                    lacking: needed + privileges.lacks([.syslog])),
            ]
        }
    }

    private static let untimed =
        "the end of a TIME-WAIT lies between two samples; its entry is known to a jiffy by dumps"

    private func timers(_ source: EventSource) -> SourceFinding {
        guard let failure = source.withoutTimers else {
            return SourceFinding(
                "event timers", .works, "each TIME-WAIT's entry and end, and why it ended")
        }
        let lacking = privileges.lacks([.syslog])
        return SourceFinding(
            "event timers", .missing, "\(failure)", loss: Self.untimed,
            remedy: privileges.remedy(lacking), lacking: lacking)
    }

    private func closes() -> SourceFinding {
        let name = "destroy messages"
        guard let attempt = tries.closes else {
            return SourceFinding(name, .missing, "this version does not hear them")
        }
        do {
            try attempt()
            return SourceFinding(
                name, .works, "each end of a connection with its octets, without privilege")
        } catch {
            return SourceFinding(
                name, .missing, "\(error)",
                loss: "without events, what opens and ends between two samples is missed, unless "
                    + "this host closed first")
        }
    }

    private func namespaces(_ hearsEvents: Bool) -> SourceFinding {
        let name = "other namespaces"
        let lacking = privileges.lacks([.admin, .ptrace])
        let loss =
            hearsEvents
            ? "of other namespaces only events are seen: no owners, queues or coverage"
            : "nothing is seen of containers and other network namespaces"
        guard let attempt = tries.namespaces else {
            return SourceFinding(
                name, .missing, "this version does not enter them", loss: loss)
        }
        do {
            let (others, hidden) = try attempt()
            let count = HumanText.count(Int64(others), "other network namespace")
            guard let hidden else {
                return SourceFinding(name, .works, "\(count), all entered")
            }
            return SourceFinding(
                name, .limited, "\(count) seen; \(hidden)", loss: loss,
                remedy: privileges.remedy(lacking), lacking: lacking)
        } catch {
            return SourceFinding(
                name, .missing, "\(error)", loss: loss, remedy: privileges.remedy(lacking),
                lacking: lacking)
        }
    }
}
