// SPDX-License-Identifier: MIT OR GPL-2.0-only
//
// Tells the life of TCP sockets as the kernel lives it: transitions, resets received, and the
// timers of mini-sockets (TIME_WAIT and orphaned FIN_WAIT2). Built by scripts/build-probe.

#include <linux/bpf.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "include/probe_record.h"
#include "kernel_types.h"

#define AF_INET 2
#define AF_INET6 10
#define IPPROTO_TCP 6
#define RING_OCTETS (8 << 20)
#define ROOM_KEPT (64 << 10)

char probe_license[] SEC("license") = "Dual MIT/GPL";

const volatile struct probe_scope scope;
volatile struct probe_settings settings;

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

struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, struct probe_counts);
} counts SEC(".maps");

/// One run of a program that has something to tell.
struct run {
    struct probe_counts *counts;
    /// When it began, ns; 0 for a run that is not timed.
    __u64 started;
};

/// Counts a run, told or not. Softirqs interrupt programs on their own processor, so the counters
/// are atomic.
static __always_inline struct run begin(const _Bool edge) {
    __u32 key = 0;
    struct run run = {.counts = bpf_map_lookup_elem(&counts, &key)};
    if (!run.counts) return run;
    __u64 *count = edge ? &run.counts->edges : &run.counts->details;
    __u64 before = __sync_fetch_and_add(count, 1);
    if (before % PROBE_SAMPLING == 0) run.started = bpf_ktime_get_ns();
    return run;
}

static __always_inline void end(const struct run *run) {
    if (!run->counts || !run->started) return;
    __sync_fetch_and_add(&run->counts->sampled_ns, bpf_ktime_get_ns() - run->started);
}

static __always_inline _Bool is_wanted(const _Bool edge) {
    return settings.detail >= (edge ? PROBE_EDGES : PROBE_FULL);
}

static __always_inline _Bool is_foreign(__u64 netns) {
    return scope.only_netns && scope.only_netns != netns;
}

/// Whether the ring has room for a record, its header and what other processors may be about to take.
static __always_inline _Bool has_room(void) {
    return bpf_ringbuf_query(&ring, BPF_RB_AVAIL_DATA) < RING_OCTETS - ROOM_KEPT;
}

/// A place in the ring. Since Linux 6.15 the ring's lock gives up after a quarter of a second
/// (RES_DEF_TIMEOUT in include/asm-generic/rqspinlock.h), which happens where the host stops the virtual
/// processor that holds it: with room in the ring it is asked for again, as any other lock of the
/// kernel would wait.
static __always_inline struct probe_record *reserve(enum probe_group group, enum probe_kind kind) {
    struct probe_record *record = bpf_ringbuf_reserve(&ring, sizeof(*record), 0);
    for (int again = 0; !record && again < 8 && has_room(); again++)
        record = bpf_ringbuf_reserve(&ring, sizeof(*record), 0);
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
    if (record->family == AF_INET) {
        *(__be32 *)record->local_address = FIELD(skc_rcv_saddr);
        *(__be32 *)record->peer_address = FIELD(skc_daddr);
    } else if (bpf_core_field_exists(common->skc_v6_daddr)) {
        bpf_core_read(record->local_address, 16, &common->skc_v6_rcv_saddr);
        bpf_core_read(record->peer_address, 16, &common->skc_v6_daddr);
    }
#undef FIELD
}

static __always_inline __u64 netns_of(struct sock *sk) {
    return sk->__sk_common.skc_net.net->net_cookie;
}

static __always_inline void tell_socket(struct probe_record *record, struct sock *sk) {
    record->cookie = bpf_get_socket_cookie(sk);
    record->netns = netns_of(sk);
    record->uid = sk->sk_uid.val;
    tell_ends(record, &sk->__sk_common, 1);
}

/// A socket that closes gives its port back before it tells, but the port it sent from still stands
/// in inet_sport: of this connection, unless no SYN ever went, neither waiting for its answer nor
/// ended by an error.
static __always_inline void tell_port(
    struct probe_record *record, struct sock *sk, struct tcp_sock *tcp) {
    if (record->old_state == TCP_SYN_SENT && !tcp->packets_out && !sk->sk_err)
        record->local_port = 0;
    else if (!record->local_port)
        record->local_port = __builtin_bswap16(tcp->inet_conn.icsk_inet.inet_sport);
}

static __always_inline void tell_end(struct probe_record *record, struct sock *sk) {
    struct tcp_sock *tcp = bpf_skc_to_tcp_sock(sk);
    if (!tcp) return;
    record->kind = PROBE_END;
    record->error = sk->sk_err;
    record->bytes_sent = tcp->bytes_sent;
    record->bytes_retransmitted = tcp->bytes_retrans;
    record->bytes_acknowledged = tcp->bytes_acked;
    record->bytes_received = tcp->bytes_received;
    record->total_retransmits = tcp->total_retrans;
    record->rtt_us = tcp->srtt_us >> 3;
    tell_port(record, sk, tcp);
}

/// The first sample of a round trip is the handshake's, unless the kernel took it from a timestamp,
/// in whole milliseconds: so it does if the SYN-ACK went twice or a SYN cookie stood for the
/// request, whose timestamp holds other things in its last bits.
static __always_inline void tell_handshake(struct probe_record *record, struct sock *sk) {
    struct tcp_sock *tcp = bpf_skc_to_tcp_sock(sk);
    if (!tcp || tcp->total_retrans) return;
    __u32 microseconds = tcp->srtt_us >> 3;
    if (microseconds % 1000) record->rtt_us = microseconds;
}

/// What the process did that runs here. It is another one where a softirq interrupts it, but no
/// softirq changes the state of a socket that a process has locked; a thread of the kernel acts for
/// somebody unknown.
static __always_inline void tell_origin(struct probe_record *record, struct sock *sk) {
    if (!sk->sk_lock.owned) return;
    struct task_struct *task = bpf_get_current_task_btf();
    if (task->flags & PF_KTHREAD) return;
    record->kind = PROBE_DEED;
    record->started_ns = task->group_leader->start_boottime;
    bpf_get_current_comm(record->comm, sizeof(record->comm));
}

static __always_inline void tell_state(struct sock *sk, int old_state, int new_state) {
    struct probe_record *record = reserve(PROBE_STATES, PROBE_TRANSITION);
    if (!record) return;
    record->old_state = old_state;
    record->new_state = new_state;
    tell_socket(record, sk);
    switch (new_state) {
    case TCP_CLOSE: tell_end(record, sk); break;
    case TCP_ESTABLISHED:
        if (old_state == TCP_SYN_RECV) tell_handshake(record, sk);
        break;
    case TCP_SYN_SENT:
    case TCP_FIN_WAIT1:
    case TCP_LAST_ACK: tell_origin(record, sk); break;
    }
    submit(record);
}

/// Openings, ends, and the first step of a close.
static __always_inline _Bool is_edge(int old_state, int new_state) {
    return new_state == TCP_ESTABLISHED || new_state == TCP_CLOSE || new_state == TCP_FIN_WAIT1
        || (new_state == TCP_CLOSE_WAIT && old_state == TCP_ESTABLISHED);
}

SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(state, struct sock *sk, int old_state, int new_state) {
    // Listeners and sockets that never connected are none of ours; the child of a listener tells
    // itself as the handshake ends.
    if (old_state == TCP_LISTEN || new_state == TCP_LISTEN || old_state == new_state) return 0;
    if (sk->sk_protocol != IPPROTO_TCP || is_foreign(netns_of(sk))) return 0;
    _Bool edge = is_edge(old_state, new_state);
    struct run run = begin(edge);
    if (is_wanted(edge)) tell_state(sk, old_state, new_state);
    end(&run);
    return 0;
}

static __always_inline void tell_reset(struct sock *sk, enum probe_kind kind) {
    struct probe_record *record = reserve(PROBE_RESETS, kind);
    if (!record) return;
    record->old_state = record->new_state = sk->__sk_common.skc_state;
    tell_socket(record, sk);
    if (!record->local_port) {
        struct tcp_sock *tcp = bpf_skc_to_tcp_sock(sk);
        if (tcp) record->local_port = __builtin_bswap16(tcp->inet_conn.icsk_inet.inet_sport);
    }
    submit(record);
}

SEC("tp_btf/tcp_receive_reset")
int BPF_PROG(reset, struct sock *sk) {
    if (is_foreign(netns_of(sk))) return 0;
    struct run run = begin(1);
    if (is_wanted(1)) tell_reset(sk, PROBE_RECEIVED_RESET);
    end(&run);
    return 0;
}

/// An answer to a segment has that segment; what a socket sends of its own will has none.
SEC("tp_btf/tcp_send_reset")
int BPF_PROG(reset_sent, struct sock *sk, struct sk_buff *answered) {
    if (!sk || answered) return 0;
    int state = sk->__sk_common.skc_state;
    if (state == TCP_TIME_WAIT || state == TCP_NEW_SYN_RECV) return 0;
    if (sk->sk_protocol != IPPROTO_TCP || is_foreign(netns_of(sk))) return 0;
    struct run run = begin(1);
    if (is_wanted(1)) tell_reset(sk, PROBE_SENT_RESET);
    end(&run);
    return 0;
}

static __always_inline void tell_timer(
    struct inet_timewait_sock *mini, int state, __u64 expires, enum probe_kind kind, __u64 netns) {
    struct probe_record *record = reserve(PROBE_TIMERS, kind);
    if (!record) return;
    record->cookie = BPF_CORE_READ(mini, __tw_common.skc_cookie.counter);
    record->netns = netns;
    record->old_state = record->new_state = state;
    record->left_jiffies = expires - bpf_jiffies64();
    tell_ends(record, &mini->__tw_common, 0);
    submit(record);
}

static __always_inline void meet_mini_socket(
    struct inet_timewait_sock *mini, __u64 expires, enum probe_kind kind) {
    __u64 netns = BPF_CORE_READ(mini, __tw_common.skc_net.net, net_cookie);
    if (is_foreign(netns)) return;
    struct run run = begin(0);
    int state = BPF_CORE_READ(mini, tw_substate);
    if (kind == PROBE_TIMER_STARTED && state == TCP_TIME_WAIT && run.counts) {
        run.counts->started_timer = (__u64)mini;
        run.counts->started_expiry = expires;
    }
    if (is_wanted(0)) tell_timer(mini, state, expires, kind, netns);
    end(&run);
}

static __always_inline int meet_timer(struct timer_list *timer, enum probe_kind kind) {
    if ((__u64)timer->function != settings.mini_socket_handler) return 0;
    struct inet_timewait_sock *mini =
        (void *)timer - bpf_core_field_offset(struct inet_timewait_sock, tw_timer);
    meet_mini_socket(mini, timer->expires, kind);
    return 0;
}

SEC("tp_btf/timer_start")
int BPF_PROG(timer_started, struct timer_list *timer) {
    return meet_timer(timer, PROBE_TIMER_STARTED);
}

SEC("tp_btf/timer_expire_entry")
int BPF_PROG(timer_expired, struct timer_list *timer) {
    return meet_timer(timer, PROBE_TIMER_EXPIRED);
}

SEC("tp_btf/timer_cancel")
int BPF_PROG(timer_cancelled, struct timer_list *timer) {
    return meet_timer(timer, PROBE_TIMER_CANCELLED);
}

/// Whether timer_started told this arming, or timer_moved an earlier segment's: both run on the
/// processor that the segment came to.
static __always_inline _Bool is_told(struct inet_timewait_sock *mini, __u64 expires) {
    __u32 key = 0;
    struct probe_counts *own = bpf_map_lookup_elem(&counts, &key);
    return own && own->started_timer == (__u64)mini && own->started_expiry == expires;
}

/// A segment that arms TIME_WAIT's timer, for the first time or anew, is freed right after, also
/// where the timer stays in its slot of the wheel, of which the kernel tells nothing else. A later
/// segment of the same jiffy that arms nothing would look the same, unless told before on this
/// processor: it shifts the start by less than a jiffy or two. Most that is freed here was for no
/// mini-socket. The pointer is read by helpers alone: the mini-socket may be gone by now, and there
/// are kernels whose verifier takes for granted that there is one (Linux 6.11).
SEC("tp_btf/kfree_skb")
int timer_moved(unsigned long long *arguments) {
    if (!bpf_core_field_exists(struct trace_event_raw_kfree_skb, rx_sk)) return 0;
    struct inet_timewait_sock *mini = (void *)arguments[3];
    if (!mini || BPF_CORE_READ(mini, __tw_common.skc_state) != TCP_TIME_WAIT) return 0;
    if (BPF_CORE_READ(mini, tw_substate) != TCP_TIME_WAIT) return 0;
    if (!BPF_CORE_READ(mini, tw_timer.entry.pprev)) return 0;
    __u64 expires = BPF_CORE_READ(mini, tw_timer.expires);
    __u64 passed = bpf_jiffies64() + settings.time_wait_jiffies - expires;
    if (passed > 1 || is_told(mini, expires)) return 0;
    meet_mini_socket(mini, expires, PROBE_TIMER_STARTED);
    return 0;
}

/// Whether the kernel tells for which socket a segment was that is freed. The loader runs it before
/// it attaches timer_moved.
SEC("syscall")
int tells_receiver(void *unused) {
    return bpf_core_field_exists(struct trace_event_raw_kfree_skb, rx_sk);
}

/// Finds the timers' handler, which takes a thousandth of the time of reading /proc/kallsyms. The
/// loader runs it once, before the others are attached.
SEC("syscall")
int find_handler(void *unused) {
    const char name[] = "tw_timer_handler";
    __u64 address = 0;
    long failure = bpf_kallsyms_lookup_name(name, sizeof(name), 0, &address);
    settings.mini_socket_handler = address;
    return failure;
}
