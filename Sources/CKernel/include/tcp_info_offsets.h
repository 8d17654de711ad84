// Where the kernel header puts the fields of struct tcp_info. <linux/tcp.h> and Glibc's
// <netinet/tcp.h> cannot be seen by one Swift module, so the header stays behind this one.
#pragma once

#include <stddef.h>

/// Offsets of the fields that a recording keeps, as <linux/tcp.h> of the build has them.
struct kernel_tcp_info_offsets {
    size_t last_data_sent;
    size_t last_data_recv;
    size_t last_ack_recv;
    size_t rtt;
    size_t unacked;
    size_t total_retrans;
    size_t bytes_acked;
    size_t bytes_received;
    size_t bytes_sent;
    size_t bytes_retrans;
};

/// The offsets in the header that this was compiled with.
struct kernel_tcp_info_offsets kernel_tcp_info_offsets(void);
