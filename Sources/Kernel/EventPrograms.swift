internal import CBPF
internal import Glibc
internal import Probe

/// The BPF programs, loaded and attached as long as this lives. Nothing of them is pinned: the
/// kernel drops them with the process.
@safe final class EventPrograms {
    /// The program's names, by group.
    private static let states = ["state", "reset"]
    private static let timers = ["timer_started", "timer_expired", "timer_cancelled"]
    private static let object = "the BPF programs"

    private let object: OpaquePointer
    private var links: [OpaquePointer]

    /// Loads and attaches the programs; those for timers only if the address of their handler is
    /// given.
    init(miniSocketHandler: UInt64?) throws(KernelError) {
        // No text of libbpf belongs on standard error; its errno says what is needed here.
        _ = unsafe libbpf_set_print(nil)
        unsafe object = try Self.open()
        unsafe links = []
        for name in Self.timers where miniSocketHandler == nil {
            // Unsafe: the program belongs to the object, which is open.
            unsafe bpf_program__set_autoload(try program(name), false)
        }
        if let miniSocketHandler { try write(miniSocketHandler) }
        // Unsafe: the object is open.
        try Self.check(unsafe bpf_object__load(object), "load")
        try attach(Self.states)
        if miniSocketHandler != nil { try attach(Self.timers) }
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

    /// Tells the programs which timers are those of mini-sockets.
    private func write(_ handler: UInt64) throws(KernelError) {
        // Unsafe: the object is open; the map copies as many octets as its only variable has.
        let result = unsafe withUnsafeBytes(of: handler) { octets in
            guard let map = unsafe bpf_object__find_map_by_name(object, ".rodata") else {
                return -ENOENT
            }
            return unsafe bpf_map__set_initial_value(map, octets.baseAddress, octets.count)
        }
        try Self.check(result, "prepare")
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
