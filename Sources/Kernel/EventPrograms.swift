internal import CBPF
internal import Glibc
internal import Probe

/// The BPF programs, loaded and attached as long as this lives. Nothing of them is pinned: the
/// kernel drops them with the process.
@safe final class EventPrograms {
    /// Which of the programs run, and for whom.
    struct Choice {
        /// The only network namespace that is told of; 0 for all.
        var onlyNamespace: UInt64 = 0
        /// Whether resets are told that a socket sends.
        var sentResets = true
        /// Whether timers of mini-sockets are told that stay in their slot of the timer wheel, if
        /// the kernel permits.
        var movedTimers = true
        /// Where the handler of the mini-sockets' timers stands.
        var handler = Handler.found
    }

    /// How the timers of mini-sockets are told from others.
    enum Handler {
        /// By an address that the kernel finds.
        case found
        /// By this address.
        case known(UInt64)
        /// Not at all: no timers.
        case none

        var isSought: Bool { if case .found = self { true } else { false } }
        var isNone: Bool { if case .none = self { true } else { false } }
    }

    /// The program's names, by group.
    private static let states = ["state", "reset"]
    private static let sentResets = ["reset_sent"]
    private static let timers = ["timer_started", "timer_expired", "timer_cancelled"]
    private static let movedTimers = ["timer_moved"]
    private static let finder = "find_handler"
    private static let receiverTeller = "tells_receiver"
    /// The section that holds `settings`.
    private static let section = ".bss"
    private static let object = "the BPF programs"

    private let object: OpaquePointer
    private var links: [OpaquePointer]
    /// Whether timers are told that stay in their slot of the timer wheel.
    private(set) var tellsMovedTimers = false

    /// Loads and attaches the programs.
    init(_ choice: Choice) throws(KernelError) {
        // No text of libbpf belongs on standard error; its errno says what is needed here.
        _ = unsafe libbpf_set_print(nil)
        unsafe object = try Self.open()
        unsafe links = []
        var chosen = Self.states
        var left: [String] = []
        func choose(_ names: [String], _ isWanted: Bool) {
            if isWanted { chosen += names } else { left += names }
        }
        choose(Self.sentResets, choice.sentResets)
        choose(Self.timers, !choice.handler.isNone)
        for (name, isWanted) in [
            (Self.finder, choice.handler.isSought), (Self.receiverTeller, choice.movedTimers),
            (Self.movedTimers[0], choice.movedTimers),
        ] where !isWanted { left.append(name) }
        for name in left {
            // Unsafe: the program belongs to the object, which is open.
            unsafe bpf_program__set_autoload(try program(name), false)
        }
        try write(probe_scope(only_netns: choice.onlyNamespace))
        // Unsafe: the object is open.
        try Self.check(unsafe bpf_object__load(object), "load")
        try prepare(choice.handler)
        if choice.movedTimers, try run(Self.receiverTeller) == 1 {
            tellsMovedTimers = true
            chosen += Self.movedTimers
        }
        try attach(chosen)
    }

    deinit {
        // Unsafe: each link and the object are destroyed once, here.
        while let link = unsafe links.popLast() { unsafe bpf_link__destroy(link) }
        unsafe bpf_object__close(object)
    }

    /// The descriptor of a map, which belongs to the programs.
    func map(_ name: String) throws(KernelError) -> Int32 {
        // Unsafe: the object is open, and the name a C string for the length of the call.
        let number = unsafe bpf_object__find_map_fd_by_name(object, name)
        try Self.check(number, "find")
        return number
    }

    /// What may change while the programs run.
    func settings() throws(KernelError) -> probe_settings {
        var key: UInt32 = 0
        var settings = probe_settings()
        // Unsafe: key and value are as long as the section's only variable, and outlive the call.
        try Self.check(
            unsafe bpf_map_lookup_elem(try map(Self.section), &key, &settings), "read")
        return settings
    }

    /// Changes it.
    func set(_ settings: probe_settings) throws(KernelError) {
        var key: UInt32 = 0
        var settings = settings
        // Unsafe: key and value are as long as the section's only variable, and outlive the call.
        try Self.check(
            unsafe bpf_map_update_elem(try map(Self.section), &key, &settings, 0), "set")
    }
}

extension EventPrograms {
    private static func open() throws(KernelError) -> OpaquePointer {
        let embedded = unsafe probe_object()
        // Unsafe: the embedded object lasts as long as the process; libbpf copies the name.
        let opened = unsafe "socktape".withCString { name in
            unsafe Self.open(embedded, name: name)
        }
        guard let opened = unsafe opened else {
            throw KernelError(call: "open", object: object, errno: errno)
        }
        return unsafe opened
    }

    /// Unsafe: the name is a C string.
    @unsafe private static func open(
        _ embedded: probe_object, name: UnsafePointer<CChar>
    ) -> OpaquePointer? {
        var options = unsafe bpf_object_open_opts()
        unsafe options.sz = MemoryLayout<bpf_object_open_opts>.size
        unsafe options.object_name = unsafe name
        return unsafe bpf_object__open_mem(embedded.start, embedded.octets, &options)
    }

    private func program(_ name: String) throws(KernelError) -> OpaquePointer {
        // Unsafe: the object is open, and the name a C string for the length of the call.
        guard let program = unsafe bpf_object__find_program_by_name(object, name) else {
            throw KernelError(call: "find", object: "the BPF program \(name)", errno: errno)
        }
        return unsafe program
    }

    /// Tells the programs, before they are loaded, what never changes.
    private func write(_ scope: probe_scope) throws(KernelError) {
        // Unsafe: the object is open; the map copies as many octets as its only variable has.
        let result = unsafe withUnsafeBytes(of: scope) { octets in
            guard let map = unsafe bpf_object__find_map_by_name(object, ".rodata") else {
                return -ENOENT
            }
            return unsafe bpf_map__set_initial_value(map, octets.baseAddress, octets.count)
        }
        try Self.check(result, "prepare")
    }

    /// Tells the loaded programs how much to tell and which timers are those of mini-sockets.
    private func prepare(_ handler: Handler) throws(KernelError) {
        var settings = probe_settings()
        settings.detail = PROBE_FULL.rawValue
        settings.time_wait_jiffies = 60 * Self.jiffiesPerSecond
        if case .known(let address) = handler { settings.mini_socket_handler = address }
        try set(settings)
        guard handler.isSought else { return }
        let answer = try run(Self.finder)
        guard answer == 0 else {
            throw KernelError(call: "run", object: Self.object, errno: -answer)
        }
    }

    /// CONFIG_HZ, a whole number, from the length of a jiffy in whole µs.
    private static var jiffiesPerSecond: UInt32 {
        let jiffy = max(1, KernelClock.jiffyMicroseconds())
        return UInt32(clamping: (1_000_000 + jiffy / 2) / jiffy)
    }

    /// What a program answers that runs when it is asked to.
    private func run(_ name: String) throws(KernelError) -> Int32 {
        var options = unsafe bpf_test_run_opts()
        unsafe options.sz = MemoryLayout<bpf_test_run_opts>.size
        // Unsafe: the program belongs to the object, which is loaded.
        let descriptor = unsafe bpf_program__fd(try program(name))
        try Self.check(unsafe bpf_prog_test_run_opts(descriptor, &options), "run")
        return unsafe Int32(bitPattern: options.retval)
    }

    private func attach(_ names: [String]) throws(KernelError) {
        for name in names {
            // Unsafe: the program belongs to the object, which is loaded.
            guard let link = unsafe bpf_program__attach(try program(name)) else {
                throw KernelError(call: "attach", object: "the BPF program \(name)", errno: errno)
            }
            unsafe links.append(link)
        }
    }

    private static func check(_ result: Int32, _ call: String) throws(KernelError) {
        guard result < 0 else { return }
        throw KernelError(call: call, object: object, errno: -result)
    }
}
