#define _GNU_SOURCE
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "yardstick.h"

/* One cache line. */
struct entry {
    uint64_t cookie;
    uint64_t local_high, local_low, peer_high, peer_low;
    uint16_t local_port, peer_port;
    uint32_t interface;
    uint64_t fingerprint;
    uint32_t generation;
    uint8_t state, used;
};
_Static_assert(sizeof(struct entry) == 64, "an entry is a cache line");

struct yardstick_table {
    size_t mask;
    uint32_t generation;
    struct entry *entries;
};

uint64_t yardstick_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

uint64_t yardstick_heap(void) {
    struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

static inline uint64_t mixed(uint64_t value) {
    value ^= value >> 32;
    value *= 0xd6e8feb86659fd93u;
    value ^= value >> 32;
    return value;
}

struct yardstick_table *yardstick_table_new(size_t rows) {
    struct yardstick_table *table = calloc(1, sizeof *table);
    size_t size = 64;
    while (size < 2 * rows) size *= 2;
    table->mask = size - 1;
    table->entries = aligned_alloc(64, size * sizeof *table->entries);
    memset(table->entries, 0, size * sizeof *table->entries);
    return table;
}

void yardstick_table_free(struct yardstick_table *table) {
    free(table->entries);
    free(table);
}

static inline uint64_t hash_of(const struct yardstick_row *row) {
    uint64_t ports = (uint64_t)row->local_port << 48 | (uint64_t)row->peer_port << 32;
    uint64_t hash = row->cookie ^ ports ^ row->interface;
    hash = mixed(hash) ^ row->local_high ^ row->local_low;
    return mixed(hash ^ row->peer_high ^ (row->peer_low << 1));
}

static inline uint64_t fingerprint_of(const struct yardstick_row *row) {
    uint64_t hash = (uint64_t)row->receive_queue << 32 | row->send_queue;
    hash = mixed(hash) ^ row->acknowledged;
    hash = mixed(hash) ^ row->received;
    hash = mixed(hash) ^ row->sent;
    return mixed(hash) ^ ((uint64_t)row->retransmits << 32 | row->rtt) ^ row->inode;
}

static inline int is_key(const struct entry *entry, const struct yardstick_row *row) {
    return entry->cookie == row->cookie && entry->local_low == row->local_low &&
           entry->peer_low == row->peer_low && entry->local_high == row->local_high &&
           entry->peer_high == row->peer_high && entry->local_port == row->local_port &&
           entry->peer_port == row->peer_port && entry->interface == row->interface;
}

static void fill(struct entry *entry, const struct yardstick_row *row) {
    entry->cookie = row->cookie;
    entry->local_high = row->local_high;
    entry->local_low = row->local_low;
    entry->peer_high = row->peer_high;
    entry->peer_low = row->peer_low;
    entry->local_port = row->local_port;
    entry->peer_port = row->peer_port;
    entry->interface = row->interface;
    entry->used = 1;
}

size_t yardstick_table_observe(
    struct yardstick_table *table, const struct yardstick_row *rows, size_t count) {
    size_t changed = 0;
    table->generation += 1;
    for (size_t number = 0; number < count; number++) {
        const struct yardstick_row *row = &rows[number];
        size_t place = hash_of(row) & table->mask;
        struct entry *entry = &table->entries[place];
        while (entry->used && !is_key(entry, row)) {
            place = (place + 1) & table->mask;
            entry = &table->entries[place];
        }
        uint64_t fingerprint = fingerprint_of(row);
        if (!entry->used) fill(entry, row);
        if (entry->fingerprint != fingerprint || entry->state != row->state) {
            entry->fingerprint = fingerprint;
            entry->state = row->state;
            changed += 1;
        }
        entry->generation = table->generation;
    }
    return changed;
}
