// The kernel's socket diagnosis interface, for Swift.
#pragma once

#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>

#include <sys/syscall.h>
#include <unistd.h>

#include "tcp_info_offsets.h"

/// getdents64(2), whose wrapper Glibc hides from Swift. -1 and errno on failure.
static inline long kernel_getdents64(int descriptor, void *buffer, size_t length) {
    return syscall(SYS_getdents64, descriptor, buffer, length);
}
