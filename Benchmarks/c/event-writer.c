// A recorder in C without what makes a recorder: the events of each socket are joined by its cookie,
// and its life becomes one row of a bare table, with as many columns as the recorder's, each second in
// one transaction. No dumps, no bounds, no owners but the event's own process, no counters, no late or
// lost events, no views and no second look: what it takes, joining and storing take in any language.
//
//   event-writer OBJECT FILE
//
// Says "ready", records until SIGTERM or SIGINT, then prints what came and what it took.

#include <sqlite3.h>

#include "events.h"

enum { BUCKETS = 1 << 16, CLOSE = 7, TIME_WAIT = 6, ESTABLISHED = 1, COMMIT_MS = 1000 };

/// All that is kept of a socket.
struct life {
    struct life *next;
    uint64_t cookie, netns;
    int64_t id, attempted, opened, began, half, closed, entered, left;
    uint64_t bytes_sent, bytes_received;
    uint32_t pid, uid, retransmits, rtt;
    uint16_t local_port, peer_port;
    uint8_t local[16], peer[16];
    uint8_t family, role, closer, is_dirty, is_over;
    struct life *dirty;
};

struct address {
    uint8_t octets[16];
    int64_t id;
};

static struct life *lives[BUCKETS], *unused, *dirty;
static struct address addresses[BUCKETS];
static long long events, rows, addresses_seen, ids;
static sqlite3 *file;
static sqlite3_stmt *insert, *insert_address;
static int64_t committed;

static void check(int result, const char *what) {
    if (result == SQLITE_OK || result == SQLITE_DONE || result == SQLITE_ROW) return;
    fprintf(stderr, "cannot %s: %s\n", what, sqlite3_errmsg(file));
    exit(1);
}

static void make_file(const char *path) {
    check(sqlite3_open(path, &file), "make the file");
    check(sqlite3_exec(file,
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
        "CREATE TABLE address (address_id INTEGER PRIMARY KEY, family INTEGER, octets BLOB) STRICT;"
        "CREATE TABLE connection (connection_id INTEGER PRIMARY KEY, netns INTEGER, cookie INTEGER,"
        " facts INTEGER, attempted INTEGER, opened INTEGER, closing_began INTEGER,"
        " closing_half INTEGER, closed INTEGER, tw_entered INTEGER, tw_left INTEGER,"
        " local_address_id INTEGER, local_port INTEGER, peer_address_id INTEGER, peer_port INTEGER,"
        " bytes_sent INTEGER, bytes_received INTEGER, retransmits INTEGER, rtt_us INTEGER,"
        " pid INTEGER, uid INTEGER) STRICT", NULL, NULL, NULL), "make the tables");
    check(sqlite3_prepare_v2(file, "INSERT OR REPLACE INTO connection VALUES "
        "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", -1, &insert, NULL),
        "prepare");
    check(sqlite3_prepare_v2(file, "INSERT INTO address VALUES (?, ?, ?)", -1, &insert_address,
        NULL), "prepare");
}

static uint64_t mixed(uint64_t value) {
    value *= 0x9e3779b97f4a7c15;
    return value ^ value >> 32;
}

static int64_t address_number(const uint8_t octets[16], int family) {
    uint64_t parts[2];
    memcpy(parts, octets, 16);
    uint64_t place = mixed(parts[0] ^ mixed(parts[1]) ^ (unsigned)family) % BUCKETS;
    while (addresses[place].id) {
        if (memcmp(addresses[place].octets, octets, 16) == 0) return addresses[place].id;
        place = (place + 1) % BUCKETS;
    }
    memcpy(addresses[place].octets, octets, 16);
    addresses[place].id = ++addresses_seen;
    sqlite3_bind_int64(insert_address, 1, addresses_seen);
    sqlite3_bind_int64(insert_address, 2, family);
    sqlite3_bind_blob(insert_address, 3, octets, family == AF_INET ? 4 : 16, SQLITE_STATIC);
    check(sqlite3_step(insert_address), "write an address");
    sqlite3_reset(insert_address);
    return addresses_seen;
}

static struct life *life_of(const struct probe_record *event) {
    struct life **bucket = &lives[mixed(event->cookie) % BUCKETS];
    for (struct life *life = *bucket; life; life = life->next)
        if (life->cookie == event->cookie) return life;
    struct life *life = unused;
    if (life) unused = life->next;
    else life = malloc(sizeof(*life));
    if (!life) die("make room");
    *life = (struct life){
        .next = *bucket, .cookie = event->cookie, .netns = event->netns, .id = ++ids,
        .family = event->family, .pid = event->pid, .uid = event->uid};
    *bucket = life;
    return life;
}

static void forget(struct life *life) {
    struct life **place = &lives[mixed(life->cookie) % BUCKETS];
    while (*place != life) place = &(*place)->next;
    *place = life->next;
    life->next = unused;
    unused = life;
}

static void touch(struct life *life) {
    if (life->is_dirty) return;
    life->is_dirty = 1;
    life->dirty = dirty;
    dirty = life;
}

/// enum of the kernel's <net/tcp_states.h>; events of sockets that never had a peer are few.
static void change(struct life *life, const struct probe_record *event, int64_t moment) {
    switch (event->new_state) {
    case 2: case 3: case 12:
        life->attempted = moment;
        life->role = event->new_state == 2 ? 1 : 2;
        break;
    case ESTABLISHED: life->opened = moment; break;
    case 4: case 8: life->began = moment; life->closer = event->new_state == 4 ? 1 : 2; break;
    case 5: case 9: case 11: life->half = moment; break;
    case CLOSE:
        life->closed = moment;
        life->bytes_sent = event->bytes_sent - event->bytes_retransmitted;
        life->bytes_received = event->bytes_received;
        life->retransmits = event->total_retransmits;
        life->rtt = event->rtt_us;
        life->is_over = !(life->entered && !life->left);
        touch(life);
    }
    life->local_port = event->local_port;
    life->peer_port = event->peer_port;
    memcpy(life->local, event->local_address, 16);
    memcpy(life->peer, event->peer_address, 16);
}

static int take(UNUSED void *context, void *record, UNUSED size_t octets) {
    const struct probe_record *event = record;
    int64_t moment = event->boot_ns / 1000;
    events++;
    struct life *life = life_of(event);
    switch (event->kind) {
    case PROBE_TIMER_STARTED:
        if (event->old_state != TIME_WAIT) break;
        if (!life->entered) life->entered = moment;
        life->is_over = 0;
        touch(life);
        break;
    case PROBE_TIMER_EXPIRED:
        life->left = moment;
        life->is_over = 1;
        touch(life);
        break;
    case PROBE_TRANSITION: case PROBE_END: case PROBE_DEED: change(life, event, moment);
    }
    return 0;
}

static void bind_moment(int column, int64_t moment) {
    if (moment) sqlite3_bind_int64(insert, column, moment);
    else sqlite3_bind_null(insert, column);
}

static void write_row(const struct life *life) {
    int64_t moments[] = {life->attempted, life->opened, life->began, life->half, life->closed,
                         life->entered, life->left};
    sqlite3_bind_int64(insert, 1, life->id);
    sqlite3_bind_int64(insert, 2, life->netns);
    sqlite3_bind_int64(insert, 3, life->cookie);
    sqlite3_bind_int64(insert, 4, life->role | life->closer << 2 | life->is_over << 4);
    for (int index = 0; index < 7; index++) bind_moment(5 + index, moments[index]);
    sqlite3_bind_int64(insert, 12, address_number(life->local, life->family));
    sqlite3_bind_int64(insert, 13, life->local_port);
    sqlite3_bind_int64(insert, 14, address_number(life->peer, life->family));
    sqlite3_bind_int64(insert, 15, life->peer_port);
    sqlite3_bind_int64(insert, 16, life->bytes_sent);
    sqlite3_bind_int64(insert, 17, life->bytes_received);
    sqlite3_bind_int64(insert, 18, life->retransmits);
    sqlite3_bind_int64(insert, 19, life->rtt);
    sqlite3_bind_int64(insert, 20, life->pid);
    sqlite3_bind_int64(insert, 21, life->uid);
    check(sqlite3_step(insert), "write a row");
    sqlite3_reset(insert);
    rows++;
}

static void write_all(void) {
    if (!dirty) return;
    check(sqlite3_exec(file, "BEGIN IMMEDIATE", NULL, NULL, NULL), "begin");
    while (dirty) {
        struct life *life = dirty;
        dirty = life->dirty;
        life->is_dirty = 0;
        write_row(life);
        if (life->is_over) forget(life);
    }
    check(sqlite3_exec(file, "COMMIT", NULL, NULL, NULL), "commit");
}

static void tick(void) {
    int64_t now = nanoseconds(CLOCK_MONOTONIC);
    if (now - committed < COMMIT_MS * 1000000LL && !is_over) return;
    committed = now;
    write_all();
}

int main(int count, char **words) {
    if (count != 3) {
        fputs("event-writer wants the path of the BPF object and a new file\n", stderr);
        return 64;
    }
    make_file(words[2]);
    unsigned long long lost = listen_to_events(words[1], 0, take, tick);
    sqlite3_finalize(insert);
    sqlite3_finalize(insert_address);
    check(sqlite3_close(file), "close the file");
    printf("{\"events\": %lld, \"lost\": %llu, \"lives\": %lld, \"rows\": %lld, "
           "\"octets_a_life\": %zu, \"processor_ns\": %lld}\n",
        events, lost, ids, rows, sizeof(struct life),
        (long long)nanoseconds(CLOCK_PROCESS_CPUTIME_ID));
    return 0;
}
