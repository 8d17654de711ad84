// What the programs share that dump the table of TCP sockets: the same request as the recorder's
// (Sources/Wire/DiagRequest.swift), the same buffers.
#pragma once

#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <sys/socket.h>

#include "common.h"

enum { RECEIVE_BUFFER = 1 << 20, REPLY_OCTETS = 128 << 10, EVERY_STATE = 0xfff };

static unsigned char reply[REPLY_OCTETS] __attribute__((aligned(8)));

static int open_socket(void) {
    int number = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
    if (number < 0) die("open a sock_diag socket");
    struct sockaddr_nl address = {.nl_family = AF_NETLINK};
    if (bind(number, (struct sockaddr *)&address, sizeof(address)) != 0) die("bind it");
    int octets = RECEIVE_BUFFER;
    if (setsockopt(number, SOL_SOCKET, SO_RCVBUFFORCE, &octets, sizeof(octets)) != 0
        && setsockopt(number, SOL_SOCKET, SO_RCVBUF, &octets, sizeof(octets)) != 0)
        die("enlarge its buffer");
    return number;
}

/// Both families in one walk: the older request type names none.
static void ask(int number, unsigned sequence, int with_info) {
    struct {
        struct nlmsghdr head;
        struct inet_diag_req body;
    } request = {
        .head = {.nlmsg_len = sizeof(request), .nlmsg_type = TCPDIAG_GETSOCK,
                 .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP, .nlmsg_seq = sequence},
        .body = {.idiag_family = AF_INET, .idiag_states = EVERY_STATE,
                 .idiag_ext = with_info ? 1 << (INET_DIAG_INFO - 1) : 0},
    };
    if (send(number, &request, sizeof(request), 0) != sizeof(request)) die("ask for a dump");
}

/// Receives to the end and hands over each socket's message; gives their number.
static inline long receive(
    int number, long *octets, void (*take)(const struct nlmsghdr *message)) {
    long sockets = 0;
    for (;;) {
        ssize_t length = recv(number, reply, sizeof(reply), MSG_TRUNC);
        if (length < 0 || length > (ssize_t)sizeof(reply)) die("receive a dump");
        *octets += length;
        unsigned left = length;
        for (struct nlmsghdr *head = (void *)reply; NLMSG_OK(head, left);
             head = NLMSG_NEXT(head, left)) {
            if (head->nlmsg_type == NLMSG_DONE) return sockets;
            if (head->nlmsg_type == NLMSG_ERROR) die("dump the table");
            take(head);
            sockets++;
        }
    }
}

/// Dumps some times, and prints the number of sockets, and the median processor time of a dump, and its
/// length; the first is not counted where there are more. What `after` adds is printed too.
static inline void dump_rounds(
    int count, char **words, void (*take)(const struct nlmsghdr *message),
    void (*end_round)(void), void (*after)(long sockets)) {
    long rounds = number(count, words, "--rounds", 1), warm = rounds > 1;
    int64_t interval = number(count, words, "--interval-ms", 0) * 1000000LL;
    int with_info = !has(count, words, "--without-info");
    int64_t *processor = calloc(rounds, sizeof(int64_t)), *wall = calloc(rounds, sizeof(int64_t));
    if (!rounds || !processor || !wall) die("make room for the rounds");
    int number = open_socket();
    // The recorder's buffer was written to long ago.
    memset(reply, 1, sizeof(reply));
    long sockets = 0, octets = 0;
    for (long round = 0; round < rounds; round++) {
        int64_t begun = nanoseconds(CLOCK_MONOTONIC);
        int64_t before = nanoseconds(CLOCK_PROCESS_CPUTIME_ID);
        octets = 0;
        ask(number, round + 1, with_info);
        sockets = receive(number, &octets, take);
        end_round();
        processor[round] = nanoseconds(CLOCK_PROCESS_CPUTIME_ID) - before;
        wall[round] = nanoseconds(CLOCK_MONOTONIC) - begun;
        if (round + 1 < rounds) sleep_until(begun + interval);
    }
    printf("{\"sockets\": %ld, \"octets\": %ld, \"processor_ns\": %lld, \"wall_ns\": %lld",
        sockets, octets, (long long)median(processor + warm, rounds - warm),
        (long long)median(wall + warm, rounds - warm));
    after(sockets);
    puts("}");
}
