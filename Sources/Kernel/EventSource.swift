internal import CBPF
internal import Glibc
package import Model
internal import Probe
internal import Wire

/// What the kernel tells of TCP sockets as it happens, in every network namespace, by a small BPF
/// program. The kernel keeps 8 MiB of events, about 65,000, for whoever drains them.
@safe package final class EventSource {
    /// The name that the view `sources` gives.
    package let name = "bpf"
    /// Why the timers of mini-sockets are not told; nil when they are.
    package let withoutTimers: KernelError?
    /// Why resets are not told that a socket sends; nil when they are.
    package let withoutSentResets: KernelError?
    /// Why a TIME_WAIT is not told that follows an orphan's FIN_WAIT2, or is armed anew, where its
    /// timer stays in its slot of the timer wheel; nil when it is told, or no timer at all is.
    package let withoutMovedTimers: KernelError?

    /// Records that 8 MiB hold, each with 8 octets of the ring's own.
    private static let ringRecords = (8 << 20) / (EventRecord.octets + 8)

    private let programs: EventPrograms
    private var ring: EventRing
    private let losses: Int32
    private let counts: Int32

    /// Loads the programs and begins, for one network namespace by its cookie or for all; throws
    /// why that is not possible here. Without moved timers it works as kernels before 6.11 let it.
    package init(
        onlyNamespace: UInt64? = nil, movedTimers: Bool = true
    ) throws(KernelError) {
        try Self.requireTypes()
        let loaded = try Self.load(
            EventPrograms.Choice(onlyNamespace: onlyNamespace ?? 0, movedTimers: movedTimers))
        (programs, withoutTimers) = (loaded.programs, loaded.withoutTimers)
        withoutSentResets = loaded.withoutSentResets
        let isTold = programs.tellsMovedTimers || withoutTimers != nil
        withoutMovedTimers = isTold ? nil : Self.unmoved
        losses = try programs.map("lost")
        counts = try programs.map("counts")
        ring = try EventRing(
            map: programs.map("ring"), jiffyMicroseconds: KernelClock.jiffyMicroseconds())
    }

    /// How much is told from now on; events that it sheds are counted, not lost. A socket that is
    /// not told of while it lives has another cookie in TIME_WAIT, unless somebody asked for it.
    package var detail: EventDetail {
        get {
            // What cannot be read was never changed.
            guard let settings = try? programs.settings() else { return .full }
            return EventDetail(rawValue: Int(settings.detail)) ?? .full
        }
        set {
            guard var settings = try? programs.settings() else { return }
            settings.detail = UInt32(newValue.rawValue)
            try? programs.set(settings)
        }
    }

    /// What it cannot tell here, and why.
    package var notes: [SourceNote] {
        [withoutTimers, withoutMovedTimers, withoutSentResets].compactMap { $0 }.map {
            SourceNote(source: name, reason: $0.description)
        }
    }

    /// Takes all events that the kernel has told since the last time, nearly in the order of their
    /// times: two processors may swap events that are microseconds apart. It ends after one ring's
    /// worth, however fast new ones come.
    package func drain(into pieces: inout EventPieces) {
        // The first piece may have hardly any room.
        for _ in 0...Self.ringRecords / EventPieces.length + 1 {
            if !pieces.fill(from: &ring) { return }
        }
    }

    /// What could not be told since the source began.
    package var lost: EventLoss {
        EventLoss(
            states: count(PROBE_STATES) + programs.missedStates,
            resets: count(PROBE_RESETS) + programs.missedResets, timers: count(PROBE_TIMERS),
            unreadable: ring.unreadable)
    }

    private func count(_ group: probe_group) -> UInt64 {
        var key = group.rawValue
        var value: UInt64 = 0
        // Unsafe: key and value are as long as the map declares, and outlive the call.
        _ = unsafe bpf_map_lookup_elem(losses, &key, &value)
        return value
    }

    /// What the programs cost and saw since the source began; not what draining costs. The time of
    /// their early returns for timers of others is not in it.
    package var cost: EventCost {
        let processors = Int(max(1, libbpf_num_possible_cpus()))
        var values = [probe_counts](repeating: probe_counts(), count: processors)
        var key: UInt32 = 0
        // Unsafe: there is a value for each possible processor, and its length is one of eights.
        _ = unsafe bpf_map_lookup_elem(counts, &key, &values)
        var cost = EventCost(told: ring.taken)
        for value in values {
            cost.seenEdges += Int64(value.edges)
            cost.seenFull += Int64(value.edges + value.details)
            cost.programNanoseconds += Int64(value.sampled_ns) * Int64(PROBE_SAMPLING)
        }
        return cost
    }
}

extension EventSource {
    private static let object = "events by BPF"
    private static let types = "/sys/kernel/btf/vmlinux"
    private static let symbols = "/proc/kallsyms"
    private static let handler = "tw_timer_handler"

    /// Without the kernel's own types the loader cannot place a single field.
    private static func requireTypes() throws(KernelError) {
        // Unsafe: the path is a C string for the length of the call.
        let answer = SystemCall.attempt { unsafe access(types, R_OK) }
        guard !answer.succeeded else { return }
        throw KernelError(
            call: "record", object: object, errno: answer.errno,
            message: "\(types): \(KernelError.text(answer.errno))",
            remedy: "run a kernel built with CONFIG_DEBUG_INFO_BTF, or record by dumps alone")
    }

    private struct Loaded {
        var programs: EventPrograms
        var withoutTimers: KernelError?
        var withoutSentResets: KernelError?
    }

    /// All programs, or as many of them as this kernel and this process's privileges permit, and
    /// why the others are missing.
    private static func load(_ all: EventPrograms.Choice) throws(KernelError) -> Loaded {
        var choice = all
        do {
            return Loaded(programs: try EventPrograms(choice))
        } catch {
            if error.isDenial, error.call == "load" { throw explained(error) }
            choice.movedTimers = false
        }
        var timers: KernelError?
        do {
            choice.handler = .known(try miniSocketHandler())
        } catch {
            timers = error
            choice.handler = .none
        }
        do {
            return Loaded(programs: try EventPrograms(choice), withoutTimers: timers)
        } catch {
            choice.sentResets = false
            let resets = withoutResets(error)
            if let programs = try? EventPrograms(choice) {
                return Loaded(
                    programs: programs, withoutTimers: timers, withoutSentResets: resets)
            }
            return try loadLeast(choice, error, resets)
        }
    }

    /// The last attempt: transitions and resets received.
    private static func loadLeast(
        _ choice: EventPrograms.Choice, _ error: KernelError, _ resets: KernelError
    ) throws(KernelError) -> Loaded {
        var choice = choice
        choice.handler = .none
        do {
            let programs = try EventPrograms(choice)
            return Loaded(
                programs: programs, withoutTimers: explained(error), withoutSentResets: resets)
        } catch {
            throw explained(error)
        }
    }

    private static func withoutResets(_ error: KernelError) -> KernelError {
        KernelError(
            call: "record", object: "resets that are sent, by BPF", errno: error.errno,
            message: "the kernel lacks the tracepoint tcp_send_reset, or it differs "
                + "(\(error.message))",
            remedy: "run Linux 5.12 or later")
    }

    private static var unmoved: KernelError {
        KernelError(
            call: "record", object: "each TIME_WAIT's entry by BPF", errno: 0,
            message: "the kernel does not tell for which socket a segment was, so that the entry "
                + "after close() is known to some 12 ms, once it ended, and restarts may be missed",
            remedy: "run Linux 6.11 or later")
    }

    private static func miniSocketHandler() throws(KernelError) -> UInt64 {
        var files = Files()
        let text = files.content(symbols) ?? []
        // Unsafe by name only: octets have no padding.
        if let address = unsafe EventSymbol.address(of: handler, in: text.span.bytes) {
            return address
        }
        throw KernelError(
            call: "record", object: "the timers of TIME_WAIT by BPF", errno: 0,
            message: "\(symbols) does not show the address of \(handler)",
            remedy: "run as root or with CAP_SYSLOG, and with kernel.kptr_restrict below 2")
    }

    private static func explained(_ error: KernelError) -> KernelError {
        var files = Files()
        var result = error
        if error.isDenial {
            let missing = files.content("/proc/self/status").flatMap(ProcessPrivileges.init)?
                .missing
            let lack = missing.flatMap { $0.isEmpty ? nil : $0.joined(separator: " and ") }
            result.message += lack.map { " (this process lacks \($0))" } ?? ""
            result.remedy = "run as root, or with CAP_BPF and CAP_PERFMON, or record by dumps alone"
        } else {
            result.message += " (the kernel lacks a tracepoint or a helper)"
            result.remedy = "run Linux 5.12 or later, or record by dumps alone"
        }
        return result
    }
}
