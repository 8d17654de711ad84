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
extension RecordingStore: RecordingSink {}
