import Glibc
import Kernel

/// Loads the event source, says whether it is there, and holds it until a signal ends it: for
/// tests that need it in a process of its own.
@main
enum EventListener {
    static func main() {
        do {
            let source = try EventSource()
            print(source.withoutTimers.map { "listening: \($0)" } ?? "listening")
            fflush(nil)
            withExtendedLifetime(source) { _ = pause() }
        } catch {
            print("\(error)")
        }
    }
}
