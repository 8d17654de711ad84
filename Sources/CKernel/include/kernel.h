// The kernel's socket diagnosis interface, for Swift.
#pragma once

#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>

#include "tcp_info_offsets.h"
