#include "tcp_info_offsets.h"

#include <linux/tcp.h>

struct kernel_tcp_info_offsets kernel_tcp_info_offsets(void) {
    return (struct kernel_tcp_info_offsets){
        .last_data_sent = offsetof(struct tcp_info, tcpi_last_data_sent),
        .last_data_recv = offsetof(struct tcp_info, tcpi_last_data_recv),
        .last_ack_recv = offsetof(struct tcp_info, tcpi_last_ack_recv),
        .rtt = offsetof(struct tcp_info, tcpi_rtt),
        .unacked = offsetof(struct tcp_info, tcpi_unacked),
        .total_retrans = offsetof(struct tcp_info, tcpi_total_retrans),
        .bytes_acked = offsetof(struct tcp_info, tcpi_bytes_acked),
        .bytes_received = offsetof(struct tcp_info, tcpi_bytes_received),
        .bytes_sent = offsetof(struct tcp_info, tcpi_bytes_sent),
        .bytes_retrans = offsetof(struct tcp_info, tcpi_bytes_retrans),
    };
}
