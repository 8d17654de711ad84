import Kernel
import Model
import Recorder
import Store

// The recorder names what it needs; the kernel's and the store's types have it. Only here do they
// meet.

extension EventPump: TransitionSource {
    var tellsTimers: Bool { withoutTimers == nil }
}

extension KernelClock: RecorderClock {}
extension LinuxHost: HostSource {}
extension DestroyMessages: CloseSource {}
extension HeldFile: RecordingSink {}

extension SockDiag: TCPSource {
    var hasCookies: Bool { true }
}

extension ProcTCP: TCPSource {
    var hasCookies: Bool { false }
}

extension LinuxNamespace: NetworkNamespace {
    var tcp: any TCPSource {
        switch table {
        case .sockDiag(let source): source
        case .procTCP(let source): source
        }
    }

    func closes() throws -> any CloseSource { try destroyMessages() }
}

extension NamespaceDirectory: NamespaceFinder {
    func enter(_ namespace: NamespaceFacts) throws -> any NetworkNamespace {
        try open(namespace)
    }
}
