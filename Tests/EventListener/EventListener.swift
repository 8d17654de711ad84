import Glibc
import Kernel

/// Loads the event source, says whether it is there, and takes its events each second until a
/// signal ends it: for tests and benchmarks that need it in a process of its own.
@main
enum EventListener {
    static func main() {
        do {
            let pump = try EventPump()
            print(pump.withoutTimers.map { "listening: \($0)" } ?? "listening")
            fflush(nil)
            while true {
                sleep(1)
                pump.take { _ in }
            }
        } catch {
            print("\(error)")
        }
    }
}
