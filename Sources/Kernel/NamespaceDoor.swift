internal import CKernel
internal import Glibc

/// The way into one network namespace. What is opened behind it stays there.
final class NamespaceDoor {
    private static let object = "the network namespace"

    private let isOwn: Bool
    private var descriptor: Descriptor?

    /// The way into the namespace that the process lives in: nothing to do.
    init() {
        isOwn = true
        descriptor = nil
    }

    /// The way into another, by a descriptor of nsfs. Holding it keeps the namespace alive, and
    /// nobody else gets its inode.
    init(_ descriptor: consuming Descriptor) {
        isOwn = false
        self.descriptor = consume descriptor
    }

    /// Lets go of the namespace: nothing more can be opened in it.
    func close() { descriptor = nil }

    /// Does something inside, on a thread that begins and ends with it, so that no other thread
    /// ever leaves its namespace (setns(2) moves the calling thread alone).
    func inside<Value: ~Copyable>(
        _ body: @escaping () throws(KernelError) -> Value
    ) throws(KernelError) -> Value {
        if isOwn { return try body() }
        guard let number = descriptor?.number else { throw Self.gone }
        let visit = Visit<Value>()
        let thread = try OwnThread.start {
            do throws(KernelError) {
                try SystemCall.perform("enter", on: Self.object) { kernel_enter_network(number) }
                visit.value = try body()
            } catch {
                visit.failure = error
            }
        }
        OwnThread.join(thread)
        if let failure = visit.failure { throw Self.explained(failure) }
        guard let value = visit.value.take() else { throw Self.gone }
        return value
    }

    /// What a thread brought back.
    private final class Visit<Value: ~Copyable> {
        var value: Value?
        var failure: KernelError?
    }

    private static var gone: KernelError {
        KernelError(call: "enter", object: object, errno: ENOENT, message: "it is gone")
    }

    private static func explained(_ error: KernelError) -> KernelError {
        guard error.isDenial, error.object == object else { return error }
        var result = error
        result.remedy =
            "run as root or with CAP_SYS_ADMIN and CAP_SYS_PTRACE, or record the own one alone"
        return result
    }
}
