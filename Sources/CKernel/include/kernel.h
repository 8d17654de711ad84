// Kernel interface headers for Swift. <linux/tcp.h> redefines tcp_info, which Glibc has too: rename it.
#pragma once
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <linux/inet_diag.h>
#define tcp_info kernel_tcp_info
#define tcp_diag_md5sig kernel_tcp_diag_md5sig
