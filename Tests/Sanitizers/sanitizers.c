// What every program of the tests holds beside its own under a sanitizer; scripts/sanitize links it.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <stdint.h>

// Reports go into files: the tests start programs in environments of their own, and do not read all
// that these print. A program ends when it ends, not a second later, and a thread that ends just then need
// not be joined.
const char *__asan_default_options(void) { return "log_path=" REPORTS; }
const char *__tsan_default_options(void) {
    return "atexit_sleep_ms=0:report_thread_leaks=0:log_path=" REPORTS;
}

#ifdef ADDRESS
// An object that was once referred to weakly keeps its counts in an allocation of their own, and the
// address of it shifted by some bits (RefCount.h of swiftlang/swift): LeakSanitizer does not find it.
// Foundation forgets its first buffer of a file that turns out to be empty, and XCTest the suite that it
// ran.
const char *__lsan_default_suppressions(void) {
    return "leak:formWeakReference\nleak:readBytesFromFile\nleak:libXCTest\n";
}
const char *__lsan_default_options(void) { return "print_suppressions=0"; }
#endif

#ifdef THREAD
// The slow path of Swift's Mutex comes compiled with the library (Synchronization/Mutex/LinuxImpl.swift
// of swiftlang/swift), so that ThreadSanitizer does not see it and takes a lock that was waited for as
// not taken. Here it learns of it. The linker puts these before the library's own (--wrap); where
// the library names them otherwise one day, nothing is wrapped, and contended locks are reports again.

#define LOCK(prefix) prefix "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK(prefix) prefix "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"
#define SELF __attribute__((swift_context)) void *mutex

void __tsan_acquire(void *address);
void __tsan_release(void *address);

// Weak: programs without a Mutex are linked without the library.
__attribute__((swiftcall, weak)) void real_lock(uint32_t owner, SELF) __asm__(LOCK("__real_"));
__attribute__((swiftcall, weak)) void real_unlock(SELF) __asm__(UNLOCK("__real_"));
__attribute__((swiftcall)) void lock(uint32_t owner, SELF) __asm__(LOCK("__wrap_"));
__attribute__((swiftcall)) void unlock(SELF) __asm__(UNLOCK("__wrap_"));

__attribute__((swiftcall)) void lock(uint32_t owner, SELF) {
    real_lock(owner, mutex);
    __tsan_acquire(mutex);
}

__attribute__((swiftcall)) void unlock(SELF) {
    __tsan_release(mutex);
    real_unlock(mutex);
}

// Capabilities are given up by a signal to every thread (Sources/CKernel/capabilities.c), that of
// ThreadSanitizer's own among them, which leaves SIGSYS open and cannot run a handler that it wraps.
// This one signal goes past it.
int real_sigaction(int, const struct sigaction *, struct sigaction *) __asm__("__real_sigaction");
int __wrap_sigaction(int number, const struct sigaction *action, struct sigaction *before) {
    typedef int (*Function)(int, const struct sigaction *, struct sigaction *);
    Function theirs = real_sigaction, own = (Function)dlsym(RTLD_NEXT, "sigaction");
    return (number == SIGSYS && own ? own : theirs)(number, action, before);
}
#endif
