// What a sample takes in any language: the recorder's dump, each row decoded, looked up by its cookie
// and 4-tuple in a table of all, its numbers held against the last, what is gone found by a walk. Of each
// socket the facts of its row are kept, as wide as the recording has them (Sources/Model/
// ConnectionRecord.swift). No bounds, no owners, no states over time, nothing written.
//
//   dump-keeper [--rounds N] [--interval-ms M]
//
// Prints the number of sockets and the median processor time of a dump, and what it holds for a socket.

#include "dump.h"

#include <malloc.h>
#include <stddef.h>

#include <linux/rtnetlink.h>
#include <linux/tcp.h>

/// Of a socket, all that its row will say.
struct kept {
    uint64_t identity, fingerprint;
    int64_t seen;
    uint32_t generation;
    uint8_t state, role, closer, kind;
    int64_t id;
    uint64_t netns, cookie;
    uint8_t local[16], peer[16];
    uint16_t local_port, peer_port;
    uint32_t interface;
    int64_t process;
    int64_t attempted[2], opened[2], closed[2];
    uint64_t bytes_sent, bytes_received;
    int64_t first_sample, last_sample, closing_began, closing_half;
    void *time_wait, *stays;
    uint32_t uid, retransmits, rtt, receive_peak, send_peak, inode;
};

static struct kept *sockets_kept;
static uint32_t *places, generation;
static size_t kept, room, mask;
static int64_t now;

static uint64_t mixed(uint64_t value) {
    value ^= value >> 32;
    value *= 0xd6e8feb86659fd93u;
    return value ^ value >> 32;
}

/// Has a place for one more; the index is never more than half full.
static void make_room(void) {
    if (kept < room) return;
    room = room ? room + room / 4 : 1024;
    sockets_kept = realloc(sockets_kept, room * sizeof(*sockets_kept));
    size_t size = 1024;
    while (size < 2 * room) size *= 2;
    free(places);
    places = calloc(size, sizeof(*places));
    if (!sockets_kept || !places) die("make room for the sockets");
    mask = size - 1;
    for (size_t number = 0; number < kept; number++) {
        size_t place = sockets_kept[number].identity & mask;
        while (places[place]) place = (place + 1) & mask;
        places[place] = number + 1;
    }
}

static void take(const struct nlmsghdr *head) {
    const struct inet_diag_msg *row = NLMSG_DATA(head);
    const struct inet_diag_sockid *id = &row->id;
    uint64_t cookie = id->idiag_cookie[0] | (uint64_t)id->idiag_cookie[1] << 32, words[4];
    memcpy(words, id->idiag_src, 16);
    memcpy(words + 2, id->idiag_dst, 16);
    uint64_t identity = mixed(cookie ^ (uint64_t)id->idiag_sport << 48
        ^ (uint64_t)id->idiag_dport << 32 ^ id->idiag_if);
    for (int word = 0; word < 4; word++) identity = mixed(identity ^ words[word]);
    struct tcp_info info;
    memset(&info, 0, sizeof(info));
    int left = head->nlmsg_len - NLMSG_LENGTH(sizeof(*row));
    for (const struct rtattr *part = (const void *)(row + 1); RTA_OK(part, left);
         part = RTA_NEXT(part, left))
        if (part->rta_type == INET_DIAG_INFO)
            memcpy(&info, RTA_DATA(part),
                (size_t)RTA_PAYLOAD(part) < sizeof(info) ? (size_t)RTA_PAYLOAD(part) : sizeof(info));
    uint64_t fingerprint = mixed((uint64_t)row->idiag_rqueue << 32 | row->idiag_wqueue);
    fingerprint = mixed(fingerprint ^ info.tcpi_bytes_acked);
    fingerprint = mixed(fingerprint ^ info.tcpi_bytes_received);
    fingerprint = mixed(fingerprint ^ info.tcpi_bytes_sent);
    fingerprint = mixed(fingerprint ^ ((uint64_t)info.tcpi_total_retrans << 32 | info.tcpi_rtt)
        ^ row->idiag_inode);
    make_room();
    size_t place = identity & mask;
    while (places[place] && sockets_kept[places[place] - 1].identity != identity)
        place = (place + 1) & mask;
    if (!places[place]) {
        places[place] = ++kept;
        struct kept *new = &sockets_kept[kept - 1];
        memset(new, 0, sizeof(*new));
        new->id = kept;
        new->identity = identity;
        new->cookie = cookie;
        memcpy(new->local, words, 16);
        memcpy(new->peer, words + 2, 16);
        new->local_port = id->idiag_sport;
        new->peer_port = id->idiag_dport;
        new->interface = id->idiag_if;
        new->first_sample = generation;
        new->uid = row->idiag_uid;
    }
    struct kept *this = &sockets_kept[places[place] - 1];
    this->seen = now;
    this->generation = generation;
    if (this->fingerprint == fingerprint && this->state == row->idiag_state) return;
    this->fingerprint = fingerprint;
    this->state = row->idiag_state;
    this->inode = row->idiag_inode;
    this->bytes_sent = info.tcpi_bytes_sent;
    this->bytes_received = info.tcpi_bytes_received;
    this->retransmits = info.tcpi_total_retrans;
    this->rtt = info.tcpi_rtt;
    if (row->idiag_rqueue > this->receive_peak) this->receive_peak = row->idiag_rqueue;
    if (row->idiag_wqueue > this->send_peak) this->send_peak = row->idiag_wqueue;
}

/// What this dump did not show is gone.
static void end_round(void) {
    for (size_t number = 0; number < kept; number++) {
        struct kept *this = &sockets_kept[number];
        if (this->generation != generation && !this->last_sample) this->last_sample = generation;
    }
    generation++;
    now = nanoseconds(CLOCK_BOOTTIME);
}

static void say_memory(long sockets) {
    struct mallinfo2 heap = mallinfo2();
    double octets = heap.uordblks + heap.hblkhd;
    printf(", \"octets_a_socket\": %.0f, \"row_octets\": %zu", octets / (sockets ? sockets : 1),
        sizeof(struct kept));
}

int main(int count, char **words) {
    generation = 1;
    dump_rounds(count, words, take, end_round, say_memory);
    return 0;
}
