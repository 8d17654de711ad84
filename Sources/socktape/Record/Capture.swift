import Kernel
import Model
import Recorder

/// Where TCP sockets of the own namespace are read.
enum TableSource {
    /// NETLINK_SOCK_DIAG, or /proc/net/tcp where that is refused, and why.
    static func best() -> (tcp: any TCPSource, reason: String?) {
        do {
            return (try SockDiag(), nil)
        } catch {
            return (
                ProcTCP(),
                "\(error); /proc/net/tcp serves instead: no cookies, no tcp_info, and times of "
                    + "TIME_WAIT to 10 ms"
            )
        }
    }
}

/// The sources that a person asked for, as far as the host permits them.
struct Capture {
    let sources: RecorderSources

    /// What is recorded by, as `--capture` names it.
    var name: String {
        if sources.transitions != nil { return CaptureChoice.events.rawValue }
        return (sources.wantsCloses ? CaptureChoice.closes : .dumps).rawValue
    }

    /// Whether a kernel before 5.19 lets nobody without CAP_BPF change how much is told, if
    /// kernel.unprivileged_bpf_disabled is set.
    var changesMapsAsOwner: Bool {
        guard sources.transitions != nil else { return false }
        let numbers = sources.host.facts.kernelRelease.split { !$0.isNumber }.prefix(2)
            .compactMap { Int($0) }
        return numbers.lexicographicallyPrecedes([5, 19])
    }

    /// Throws where what was asked for by name is not to be had; `auto` goes on with what is.
    init(_ choice: CaptureChoice, _ namespaces: NamespaceChoice) throws {
        let directory = try NamespaceDirectory()
        let namespace = try Self.namespace(namespaces, in: directory)
        var sources = RecorderSources(
            namespace: namespace, host: try LinuxHost(),
            finder: namespaces == .all ? directory : nil)
        if !namespace.tcp.hasCookies { sources.notes.append(Self.fallback) }
        switch choice {
        case .dumps: break
        case .closes:
            sources.wantsCloses = true
            // What cannot be had is said before the recording begins.
            _ = try namespace.closes()
        case .events:
            sources.transitions = try Self.events(namespaces, namespace)
        case .auto:
            do {
                sources.transitions = try Self.events(namespaces, namespace)
            } catch {
                sources.notes.append(SourceNote(source: "bpf", reason: "\(error)"))
                sources.wantsCloses = true
            }
        }
        self.sources = sources
    }

    private static func namespace(
        _ choice: NamespaceChoice, in directory: NamespaceDirectory
    ) throws -> any NetworkNamespace {
        switch choice {
        case .own, .all: try directory.enter(directory.own)
        case .one(let name): try directory.enter(try directory.find(name))
        }
    }

    private static func events(
        _ choice: NamespaceChoice, _ namespace: any NetworkNamespace
    ) throws -> any TransitionSource {
        try EventPump(onlyNamespace: choice == .all ? nil : namespace.facts.cookie)
    }

    private static let fallback = SourceNote(
        source: "proc_net_tcp",
        reason: "sock_diag is refused: no cookies, no tcp_info, and times of TIME_WAIT to 10 ms")
}
