// The raw limit of a ledger: the rows of a dump, each looked up by cookie and 4-tuple in a table
// with open addressing, and compared with what stands there.
//
//   hash-probe [--rows N] [--rounds R]
//
// Prints the median processor time a row, ns, of rounds in which no row has changed, and of rounds
// in which each has: another state and other queues, which are stored.

#include "common.h"

/// What a dump tells of a socket.
struct row {
    uint64_t cookie;
    uint8_t local_address[16], peer_address[16];
    uint16_t local_port, peer_port;
    uint32_t interface;
    uint32_t receive_queue, send_queue, retransmits, inode, uid, expires_ms, rtt_us;
    uint8_t state, timer;
};

/// What is known of it: the row, and the round that saw it last.
struct entry {
    struct row row;
    uint32_t seen;
};

static struct entry *table;
static uint64_t mask;

static uint64_t mixed(uint64_t value) {
    value ^= value >> 32;
    value *= 0x9e3779b97f4a7c15ULL;
    return value ^ value >> 29;
}

static uint64_t hash(const struct row *row) {
    uint64_t low, high;
    memcpy(&low, row->local_address, sizeof(low));
    memcpy(&high, row->peer_address, sizeof(high));
    uint64_t ports = (uint64_t)row->local_port << 16 | row->peer_port;
    return mixed(row->cookie ^ mixed(low ^ mixed(high ^ ports)));
}

static int is_same_socket(const struct row *left, const struct row *right) {
    return left->cookie == right->cookie && left->local_port == right->local_port
        && left->peer_port == right->peer_port && left->interface == right->interface
        && memcmp(left->local_address, right->local_address, 16) == 0
        && memcmp(left->peer_address, right->peer_address, 16) == 0;
}

/// The place of a row: where it stands, or where it would.
static struct entry *place(const struct row *row) {
    uint64_t index = hash(row) & mask;
    while (table[index].seen && !is_same_socket(&table[index].row, row))
        index = (index + 1) & mask;
    return &table[index];
}

static void make_rows(struct row *rows, long count) {
    uint64_t random = 42;
    for (long index = 0; index < count; index++) {
        random = random * 6364136223846793005ULL + 1442695040888963407ULL;
        struct row *row = &rows[index];
        memset(row, 0, sizeof(*row));
        // Cookies come in batches a processor; the table is walked by hash, in no order of theirs.
        row->cookie = 1 + (index * 7919LL) % count + (random & 1) * count;
        uint32_t peer = 0x0a000000 + (random >> 40);
        memcpy(row->local_address, "\x7f\x00\x00\x01", 4);
        memcpy(row->peer_address, &peer, 4);
        row->local_port = 443;
        row->peer_port = 1024 + (random >> 16) % 60000;
        row->state = 1;
        row->inode = index;
    }
}

/// One dump: finds each row, stores what changed; gives how many did.
static long take(const struct row *rows, long count, uint32_t round) {
    long changed = 0;
    for (long index = 0; index < count; index++) {
        struct entry *entry = place(&rows[index]);
        if (entry->seen && memcmp(&entry->row, &rows[index], sizeof(struct row)) == 0) {
            entry->seen = round;
            continue;
        }
        entry->row = rows[index];
        entry->seen = round;
        changed++;
    }
    return changed;
}

static int64_t timed(const struct row *rows, long count, uint32_t round, long expected) {
    int64_t before = nanoseconds(CLOCK_PROCESS_CPUTIME_ID);
    long changed = take(rows, count, round);
    int64_t spent = nanoseconds(CLOCK_PROCESS_CPUTIME_ID) - before;
    if (changed != expected) die("find what changed");
    return spent;
}

int main(int count, char **words) {
    long rows = number(count, words, "--rows", 100000);
    long rounds = number(count, words, "--rounds", 9);
    uint64_t capacity = 1;
    while (capacity < 2 * (uint64_t)rows) capacity *= 2;
    mask = capacity - 1;
    table = calloc(capacity, sizeof(*table));
    struct row *all = calloc(rows, sizeof(*all));
    int64_t *unchanged = calloc(rounds, sizeof(int64_t)), *moved = calloc(rounds, sizeof(int64_t));
    if (!rows || !rounds || !table || !all || !unchanged || !moved) die("make room");
    make_rows(all, rows);
    uint32_t round = 1;
    timed(all, rows, round++, rows);
    for (long turn = 0; turn < rounds; turn++) {
        unchanged[turn] = timed(all, rows, round++, 0);
        for (long index = 0; index < rows; index++) {
            all[index].state = all[index].state == 1 ? 8 : 1;
            all[index].receive_queue++;
        }
        moved[turn] = timed(all, rows, round++, rows);
    }
    printf("{\"unchanged_ns\": %.2f, \"changed_ns\": %.2f, \"rows\": %ld}\n",
        (double)median(unchanged, rounds) / rows, (double)median(moved, rounds) / rows, rows);
    return 0;
}
