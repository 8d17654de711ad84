import ArgumentParser
import Kernel
import Recorder

/// Where sockets are seen, as `--capture` names it.
enum CaptureChoice: String, ExpressibleByArgument, CaseIterable {
    /// The best that the host permits.
    case auto
    /// Walks of the kernel's table alone.
    case dumps
}

/// The source that a host permits, and why it is not a better one.
struct Capture {
    let tcp: any TCPSource
    /// nil when the best source works.
    let reason: String?

    /// NETLINK_SOCK_DIAG, or /proc/net/tcp where that is refused.
    init() {
        do {
            tcp = try SockDiag()
            reason = nil
        } catch {
            tcp = ProcTCP()
            reason =
                "\(error); /proc/net/tcp serves instead: no cookies, no tcp_info, and times "
                + "of TIME_WAIT to 10 ms"
        }
    }
}
