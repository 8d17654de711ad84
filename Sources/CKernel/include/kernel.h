// The kernel's socket diagnosis interface, for Swift.
#pragma once

#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>

#include <malloc.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tcp_info_offsets.h"

/// getdents64(2), whose wrapper Glibc hides from Swift. -1 and errno on failure.
static inline long kernel_getdents64(int descriptor, void *buffer, size_t length) {
    return syscall(SYS_getdents64, descriptor, buffer, length);
}

/// setns(2), whose wrapper Glibc hides from Swift: moves the calling thread, and no other, into a
/// network namespace. -1 and errno on failure.
static inline int kernel_enter_network(int descriptor) {
    return (int)syscall(SYS_setns, descriptor, 0x40000000 /* CLONE_NEWNET of <linux/sched.h> */);
}

/// An eventfd(2) that never blocks. -1 and errno on failure.
static inline int kernel_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }
