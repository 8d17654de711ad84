import Kernel
import Model
import Recorder
import Store

// The recorder names what it needs; the kernel's and the store's types have it. Only here do they
// meet.

extension EventPump: TransitionSource {}
extension KernelClock: RecorderClock {}
extension LinuxHost: HostSource {}
extension SockDiag: TCPSource {}
extension ProcTCP: TCPSource {}
extension DestroyMessages: CloseSource {}
extension RecordingStore: RecordingSink {}

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
