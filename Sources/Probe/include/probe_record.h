// What the BPF program writes into its ring, one of these an event. The program and the tests of
// its decoder include it; every field lies at its natural place, so that there is no padding.
#pragma once

/// What happened.
enum probe_kind {
    /// A socket changed its state.
    PROBE_TRANSITION = 1,
    /// A socket changed its state to CLOSE; the numbers at the record's end are its last.
    PROBE_END = 2,
    /// A socket received a reset; its state is still the old one.
    PROBE_RECEIVED_RESET = 3,
    /// The timer of a mini-socket was armed, for the first time or anew. An anew that leaves the
    /// timer in its slot of the wheel (__mod_timer in kernel/time/timer.c) is told for TIME_WAIT
    /// alone, when the segment that caused it is freed.
    PROBE_TIMER_STARTED = 4,
    /// The timer of a mini-socket fired: its end.
    PROBE_TIMER_EXPIRED = 5,
    /// The timer of a mini-socket was taken out: it fires now, is armed anew, or the mini-socket
    /// ends early.
    PROBE_TIMER_CANCELLED = 6,
    /// A socket sent a reset of its own will.
    PROBE_SENT_RESET = 7,
    /// A socket changed its state because the process did so: the record has its origin.
    PROBE_DEED = 8,
};

/// The groups of programs, each of which counts the records that found no room in the ring.
enum probe_group { PROBE_STATES = 0, PROBE_RESETS = 1, PROBE_TIMERS = 2, PROBE_GROUPS = 3 };

/// How much is told.
enum probe_detail { PROBE_NONE = 0, PROBE_EDGES = 1, PROBE_FULL = 2 };

/// What the loader sets before it loads.
struct probe_scope {
    /// SO_NETNS_COOKIE of the only network namespace that is told of; 0 for all.
    unsigned long long only_netns;
};

/// What may change while the programs run.
struct probe_settings {
    /// The address of tw_timer_handler; 0 while it is not known.
    unsigned long long mini_socket_handler;
    /// enum probe_detail.
    unsigned int detail;
    /// How long TIME_WAIT lasts (TCP_TIMEWAIT_LEN in include/net/tcp.h).
    unsigned int time_wait_jiffies;
};

/// What one processor counted, shed events included, and which timer it met last.
struct probe_counts {
    /// Events that only full detail tells.
    unsigned long long details;
    /// Events that edges tell too.
    unsigned long long edges;
    /// The time of one run in PROBE_SAMPLING, ns.
    unsigned long long sampled_ns;
    /// The mini-socket whose timer was last armed for TIME_WAIT, by its address.
    unsigned long long started_timer;
    /// When that timer is due, jiffies.
    unsigned long long started_expiry;
};

/// One run in so many is timed; a power of two.
enum { PROBE_SAMPLING = 64 };

/// One event. Numbers are in the host's byte order, addresses as on the wire.
struct probe_record {
    /// CLOCK_BOOTTIME, ns.
    unsigned long long boot_ns;
    /// SO_COOKIE of the socket.
    unsigned long long cookie;
    /// SO_NETNS_COOKIE of the socket.
    unsigned long long netns;
    /// enum probe_kind.
    unsigned char kind;
    /// The state before; for a timer the mini-socket's state.
    unsigned char old_state;
    /// The state after; for resets and timers the same.
    unsigned char new_state;
    /// AF_INET or AF_INET6.
    unsigned char family;
    /// 0 at an end from SYN_SENT: no SYN was sent.
    unsigned short local_port;
    unsigned short peer_port;
    /// The process on whose time it happened.
    unsigned int pid;
    /// The socket's owner; 0 for mini-sockets, which have none.
    unsigned int uid;
    /// The interface that the socket is bound to.
    unsigned int interface;
    union {
        /// For timers: until it is due, jiffies; negative when it is overdue.
        int left_jiffies;
        /// For PROBE_END: sk_err, an errno.
        int error;
    };
    /// Four octets for AF_INET, the rest 0.
    unsigned char local_address[16];
    unsigned char peer_address[16];
    union {
        /// For PROBE_END, otherwise 0.
        struct {
            unsigned long long bytes_sent;
            unsigned long long bytes_retransmitted;
            unsigned long long bytes_acknowledged;
        };
        /// For PROBE_DEED: the process, its start by CLOCK_BOOTTIME, ns, and the thread's name.
        struct {
            unsigned long long started_ns;
            char comm[16];
        };
    };
    /// For PROBE_END, otherwise 0.
    unsigned long long bytes_received;
    /// For PROBE_END, otherwise 0.
    unsigned int total_retransmits;
    /// Smoothed round-trip time, µs, for PROBE_END; from the SYN-ACK to the handshake's end, µs,
    /// for SYN_RECV to ESTABLISHED, 0 if unknown.
    unsigned int rtt_us;
};
