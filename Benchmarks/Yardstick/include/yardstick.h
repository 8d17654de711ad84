/* What the same work costs in C. */
#ifndef YARDSTICK_H
#define YARDSTICK_H

#include <stddef.h>
#include <stdint.h>

/* The processor time of this process, ns. */
uint64_t yardstick_now(void);

/* Octets of the heap in use. */
uint64_t yardstick_heap(void);

/* What one row of a dump says, as a C program would keep it. */
struct yardstick_row {
    uint64_t cookie;
    uint64_t local_high, local_low, peer_high, peer_low;
    uint16_t local_port, peer_port;
    uint32_t interface;
    uint32_t receive_queue, send_queue;
    uint64_t acknowledged, received, sent;
    uint32_t retransmits, rtt;
    uint32_t inode;
    uint8_t state;
};

struct yardstick_table;

/* An open-addressing table of cache lines, keyed by cookie and 4-tuple; half full at most. */
struct yardstick_table *yardstick_table_new(size_t rows);
void yardstick_table_free(struct yardstick_table *table);

/* Looks each row up, compares its fingerprint and keeps it if it is new or differs; says how many
 * did. */
size_t yardstick_table_observe(
    struct yardstick_table *table, const struct yardstick_row *rows, size_t count);

#endif
