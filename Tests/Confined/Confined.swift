import Glibc

/// Runs a program from which some system calls are withheld, as a container's runtime or a service
/// manager may do: `Confined bpf|netlink|both PROGRAM [ARGUMENT …]`. They fail with EPERM.
@main
enum Confined {
    static func main() {
        let words = Array(CommandLine.arguments.dropFirst())
        guard words.count >= 2, let refusal = Refusal(rawValue: words[0]) else {
            return fail("usage: Confined bpf|netlink|both PROGRAM [ARGUMENT …]", 64)
        }
        guard install(refusal.filter) else {
            return fail("cannot install the filter: \(String(cString: strerror(errno)))", 77)
        }
        var arguments: [UnsafeMutablePointer<CChar>?] = words.dropFirst().map { strdup($0) } + [nil]
        execv(words[1], &arguments)
        fail("cannot run \(words[1]): \(String(cString: strerror(errno)))", 66)
    }

    private static func fail(_ text: String, _ code: Int32) {
        let line = Array((text + "\n").utf8)
        _ = write(2, line, line.count)
        exit(code)
    }

    /// Binds this process and its children to the filter (seccomp(2)).
    private static func install(_ filter: [Instruction]) -> Bool {
        // prctl(2) takes a variable number of arguments, which Swift does not call.
        typealias Call = @convention(c) (CInt, UInt, UInt, UInt, UInt) -> CInt
        guard let symbol = dlsym(nil, "prctl") else { return false }
        let prctl = unsafeBitCast(symbol, to: Call.self)
        let (noNewPrivileges, seccomp, filterMode): (CInt, CInt, UInt) = (38, 22, 2)
        guard prctl(noNewPrivileges, 1, 0, 0, 0) == 0 else { return false }
        return filter.withUnsafeBufferPointer { filter in
            var program = Program(count: UInt16(filter.count), start: filter.baseAddress)
            return withUnsafePointer(to: &program) {
                prctl(seccomp, filterMode, UInt(bitPattern: $0), 0, 0) == 0
            }
        }
    }
}

/// struct sock_fprog of <linux/filter.h>.
struct Program {
    var count: UInt16
    var start: UnsafePointer<Instruction>?
}

/// struct sock_filter of <linux/filter.h>: one instruction of classic BPF.
struct Instruction {
    var code: UInt16
    var ifTrue: UInt8 = 0
    var ifFalse: UInt8 = 0
    var operand: UInt32

    /// Loads a word of struct seccomp_data.
    static func load(_ offset: UInt32) -> Instruction { Instruction(code: 0x20, operand: offset) }

    /// Skips so many instructions unless the word loaded last is this.
    static func skip(_ count: UInt8, unless word: UInt32) -> Instruction {
        Instruction(code: 0x15, ifFalse: count, operand: word)
    }

    /// Lets the call fail with EPERM.
    static let refuse = Instruction(code: 0x06, operand: 0x0005_0000 | UInt32(EPERM))
    static let allow = Instruction(code: 0x06, operand: 0x7fff_0000)
}

/// Which system calls are withheld.
enum Refusal: String {
    case bpf, netlink, both

    // Numbers of <asm/unistd.h> and architectures of <linux/audit.h>.
    #if arch(x86_64)
        private static let (machine, bpfCall, socketCall): (UInt32, UInt32, UInt32) = (
            0xc000_003e, 321, 41
        )
    #elseif arch(arm64)
        private static let (machine, bpfCall, socketCall): (UInt32, UInt32, UInt32) = (
            0xc000_00b7, 280, 198
        )
    #endif

    /// The places of the call's number, the architecture and the first argument.
    private static let (number, architecture, argument): (UInt32, UInt32, UInt32) = (0, 4, 16)

    var filter: [Instruction] {
        var filter: [Instruction] = [
            .load(Self.architecture), .skip(1, unless: Self.machine), .load(Self.number),
        ]
        // For a foreign architecture its own number stays loaded, which no call has.
        if self != .netlink { filter += [.skip(1, unless: Self.bpfCall), .refuse] }
        if self != .bpf {
            filter += [
                .skip(3, unless: Self.socketCall), .load(Self.argument),
                .skip(1, unless: UInt32(AF_NETLINK)), .refuse,
            ]
        }
        return filter + [.allow]
    }
}
