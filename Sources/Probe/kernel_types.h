// SPDX-License-Identifier: MIT OR GPL-2.0-only
//
// The kernel's structs, with the members that the program uses only; the loader puts each at the
// offset that the running kernel's BTF tells (CO-RE).
#pragma once

#include <linux/types.h>

/// A thread of the kernel's own (include/linux/sched.h).
#define PF_KTHREAD 0x00200000

/// include/net/tcp_states.h
enum {
    TCP_ESTABLISHED = 1,
    TCP_SYN_SENT = 2,
    TCP_SYN_RECV = 3,
    TCP_FIN_WAIT1 = 4,
    TCP_TIME_WAIT = 6,
    TCP_CLOSE = 7,
    TCP_CLOSE_WAIT = 8,
    TCP_LAST_ACK = 9,
    TCP_LISTEN = 10,
    TCP_NEW_SYN_RECV = 12,
};

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct net {
    __u64 net_cookie;
};

typedef struct {
    struct net *net;
} possible_net_t;

struct in6_addr {
    union {
        __u8 u6_addr8[16];
    } in6_u;
};

typedef struct {
    __s64 counter;
} atomic64_t;

struct sock_common {
    __be32 skc_daddr;
    __be32 skc_rcv_saddr;
    __be16 skc_dport;
    __u16 skc_num;
    unsigned short skc_family;
    volatile unsigned char skc_state;
    int skc_bound_dev_if;
    possible_net_t skc_net;
    struct in6_addr skc_v6_daddr;
    struct in6_addr skc_v6_rcv_saddr;
    atomic64_t skc_cookie;
};

typedef struct {
    __u32 val;
} kuid_t;

typedef struct {
    int owned;
} socket_lock_t;

struct sock {
    struct sock_common __sk_common;
    socket_lock_t sk_lock;
    int sk_err;
    __u16 sk_protocol;
    kuid_t sk_uid;
};

struct inet_sock {
    __be16 inet_sport;
};

struct inet_connection_sock {
    struct inet_sock icsk_inet;
};

struct tcp_sock {
    struct inet_connection_sock inet_conn;
    __u32 packets_out;
    __u64 bytes_sent;
    __u64 bytes_retrans;
    __u64 bytes_acked;
    __u64 bytes_received;
    __u32 total_retrans;
    __u32 srtt_us;
};

struct sk_buff;

struct task_struct {
    unsigned int flags;
    struct task_struct *group_leader;
    __u64 start_boottime;
};

struct hlist_node {
    struct hlist_node **pprev;
};

struct timer_list {
    struct hlist_node entry;
    unsigned long expires;
    void (*function)(struct timer_list *);
};

struct inet_timewait_sock {
    struct sock_common __tw_common;
    volatile unsigned char tw_substate;
    struct timer_list tw_timer;
};

/// What the tracepoint kfree_skb records (include/trace/events/skb.h).
struct trace_event_raw_kfree_skb {
    void *rx_sk;
};

#pragma clang attribute pop
