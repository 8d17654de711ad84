internal import Glibc

/// Threads of the process's own making, apart from those of the language's runtime.
enum OwnThread {
    /// What a thread runs.
    private final class Work {
        let body: () -> Void

        init(_ body: @escaping () -> Void) { self.body = body }
    }

    /// Starts a thread that no signal interrupts but the one by which capabilities are given up.
    /// Somebody has to join it.
    static func start(_ body: @escaping () -> Void) throws(KernelError) -> pthread_t {
        // Unsafe: signal sets and the thread's id are on the stack for the length of the calls; the
        // work is handed to the thread, which releases it.
        var every = sigset_t()
        var before = sigset_t()
        unsafe sigfillset(&every)
        unsafe sigdelset(&every, SIGSYS)
        unsafe pthread_sigmask(SIG_SETMASK, &every, &before)
        defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
        let work = unsafe Unmanaged.passRetained(Work(body))
        var thread = pthread_t()
        let number = unsafe pthread_create(
            &thread, nil,
            { context in
                if let context = unsafe context {
                    unsafe Unmanaged<Work>.fromOpaque(context).takeRetainedValue().body()
                }
                return nil
            }, work.toOpaque())
        guard number == 0 else {
            unsafe work.release()
            throw KernelError(call: "start", object: "a thread", errno: number)
        }
        return thread
    }

    /// Waits for a thread's end.
    static func join(_ thread: pthread_t) {
        // The thread was started above, and is joined once.
        pthread_join(thread, nil)
    }
}
