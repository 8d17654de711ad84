// SPDX-License-Identifier: MIT OR GPL-2.0-only
//
// Tells the life of TCP sockets as the kernel lives it: transitions, resets received, and the
// timers of mini-sockets (TIME_WAIT and orphaned FIN_WAIT2). Built by scripts/build-probe. The
// kernel's structs are declared with the members used here only; the loader puts each at the
// offset that the running kernel's BTF tells (CO-RE).

#include <linux/bpf.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "include/probe_record.h"

#define AF_INET 2
#define AF_INET6 10
#define IPPROTO_TCP 6
#define RING_OCTETS (8 << 20)

enum { TCP_CLOSE = 7, TCP_LISTEN = 10 };

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

struct sock {
    struct sock_common __sk_common;
    __u16 sk_protocol;
    kuid_t sk_uid;
};

struct tcp_sock {
    __u64 bytes_sent;
    __u64 bytes_retrans;
    __u64 bytes_acked;
    __u64 bytes_received;
    __u32 total_retrans;
    __u32 srtt_us;
};

struct timer_list {
    unsigned long expires;
    void (*function)(struct timer_list *);
};

struct inet_timewait_sock {
    struct sock_common __tw_common;
    volatile unsigned char tw_substate;
    struct timer_list tw_timer;
};

#pragma clang attribute pop

char probe_license[] SEC("license") = "Dual MIT/GPL";

/// The address of tw_timer_handler, from /proc/kallsyms; the loader writes it.
const volatile __u64 mini_socket_handler;

struct {
    __uint(type, BPF_MAP_TYPE_RINGBUF);
    __uint(max_entries, RING_OCTETS);
} ring SEC(".maps");

/// How many records found no room, by enum probe_group.
struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, PROBE_GROUPS);
    __type(key, __u32);
    __type(value, __u64);
} lost SEC(".maps");

static __always_inline struct probe_record *reserve(enum probe_group group, enum probe_kind kind) {
    struct probe_record *record = bpf_ringbuf_reserve(&ring, sizeof(*record), 0);
    if (!record) {
        __u32 key = group;
        __u64 *count = bpf_map_lookup_elem(&lost, &key);
        if (count) __sync_fetch_and_add(count, 1);
        return 0;
    }
    __builtin_memset(record, 0, sizeof(*record));
    record->boot_ns = bpf_ktime_get_boot_ns();
    record->kind = kind;
    record->pid = bpf_get_current_pid_tgid() >> 32;
    return record;
}

static __always_inline void submit(struct probe_record *record) {
    bpf_ringbuf_submit(record, BPF_RB_NO_WAKEUP);
}

/// The ends of a socket, full or mini. Where the verifier knows the type of the pointer, fields are
/// read without a helper, which halves the program's time.
static __always_inline void tell_ends(
    struct probe_record *record, struct sock_common *common, const _Bool typed) {
#define FIELD(name) (typed ? common->name : BPF_CORE_READ(common, name))
    record->family = FIELD(skc_family);
    record->local_port = FIELD(skc_num);
    record->peer_port = __builtin_bswap16(FIELD(skc_dport));
    record->interface = FIELD(skc_bound_dev_if);
    record->netns = typed ? common->skc_net.net->net_cookie
                          : BPF_CORE_READ(common, skc_net.net, net_cookie);
    if (record->family == AF_INET) {
        *(__be32 *)record->local_address = FIELD(skc_rcv_saddr);
        *(__be32 *)record->peer_address = FIELD(skc_daddr);
    } else if (bpf_core_field_exists(common->skc_v6_daddr)) {
        bpf_core_read(record->local_address, 16, &common->skc_v6_rcv_saddr);
        bpf_core_read(record->peer_address, 16, &common->skc_v6_daddr);
    }
#undef FIELD
}

static __always_inline void tell_socket(struct probe_record *record, struct sock *sk) {
    record->cookie = bpf_get_socket_cookie(sk);
    record->uid = sk->sk_uid.val;
    tell_ends(record, &sk->__sk_common, 1);
}

static __always_inline void tell_numbers(struct probe_record *record, struct sock *sk) {
    struct tcp_sock *tcp = bpf_skc_to_tcp_sock(sk);
    if (!tcp) return;
    record->kind = PROBE_END;
    record->bytes_sent = tcp->bytes_sent;
    record->bytes_retransmitted = tcp->bytes_retrans;
    record->bytes_acknowledged = tcp->bytes_acked;
    record->bytes_received = tcp->bytes_received;
    record->total_retransmits = tcp->total_retrans;
    record->rtt_us = tcp->srtt_us >> 3;
}

SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(state, struct sock *sk, int old_state, int new_state) {
    if (sk->sk_protocol != IPPROTO_TCP) return 0;
    struct probe_record *record = reserve(PROBE_STATES, PROBE_TRANSITION);
    if (!record) return 0;
    record->old_state = old_state;
    record->new_state = new_state;
    tell_socket(record, sk);
    if (new_state == TCP_CLOSE) tell_numbers(record, sk);
    submit(record);
    return 0;
}

SEC("tp_btf/tcp_receive_reset")
int BPF_PROG(reset, struct sock *sk) {
    struct probe_record *record = reserve(PROBE_RESETS, PROBE_RECEIVED_RESET);
    if (!record) return 0;
    record->old_state = record->new_state = sk->__sk_common.skc_state;
    tell_socket(record, sk);
    submit(record);
    return 0;
}

static __always_inline int tell_timer(struct timer_list *timer, enum probe_kind kind) {
    if ((__u64)timer->function != mini_socket_handler) return 0;
    struct probe_record *record = reserve(PROBE_TIMERS, kind);
    if (!record) return 0;
    struct inet_timewait_sock *mini =
        (void *)timer - bpf_core_field_offset(struct inet_timewait_sock, tw_timer);
    record->cookie = BPF_CORE_READ(mini, __tw_common.skc_cookie.counter);
    record->old_state = record->new_state = BPF_CORE_READ(mini, tw_substate);
    record->left_jiffies = timer->expires - bpf_jiffies64();
    tell_ends(record, &mini->__tw_common, 0);
    submit(record);
    return 0;
}

SEC("tp_btf/timer_start")
int BPF_PROG(timer_started, struct timer_list *timer) {
    return tell_timer(timer, PROBE_TIMER_STARTED);
}

SEC("tp_btf/timer_expire_entry")
int BPF_PROG(timer_expired, struct timer_list *timer) {
    return tell_timer(timer, PROBE_TIMER_EXPIRED);
}

SEC("tp_btf/timer_cancel")
int BPF_PROG(timer_cancelled, struct timer_list *timer) {
    return tell_timer(timer, PROBE_TIMER_CANCELLED);
}
