// A load: connections that come and go, at a fixed rate or as fast as it goes. Both ends are here.
//
//   churn --rate PER_SECOND --seconds S [--count N] [--processes P] [--life-us U]
//         [--closer client|server|reset|mixed]
//
// A rate of 0 is as fast as it goes. It ends after S seconds, or after N connections if told so.
// Prints how many connections there were, how long it took and its own processor time.
// `mixed` closes a third each by the client, by the server and by a reset of the client.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "common.h"

enum closer { CLIENT, SERVER, RESET, MIXED };
/// Alive at once in one process, and addresses of loopback, so that the ports of one last.
enum { ALIVE_MOST = 8192, HOSTS = 250 };
/// How long a loop sleeps between bundles.
enum { BUNDLE_NS = 1000000 };

struct plan {
    long rate, count;
    int64_t seconds_ns, life_ns;
    enum closer closer;
    int process;
};

struct outcome {
    long connections, failures;
    int64_t wall_ns, processor_ns;
};

struct alive {
    int client, server;
    int64_t due;
};

static struct alive ring[ALIVE_MOST];
static long opened, ended, failures;

static void open_one(int listener, struct sockaddr_in *address, const struct plan *plan) {
    address->sin_addr.s_addr =
        htonl(0x7f000000 | (uint32_t)(plan->process + 101) << 8 | (1 + opened % HOSTS));
    int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (client < 0) die("open a socket");
    struct alive *one = &ring[opened % ALIVE_MOST];
    opened++;
    *one = (struct alive){.client = client, .server = -1, .due = 0};
    if (connect(client, (struct sockaddr *)address, sizeof(*address)) != 0) {
        failures++;
        return;
    }
    one->server = accept(listener, NULL, NULL);
    if (one->server < 0) die("accept");
    one->due = nanoseconds(CLOCK_MONOTONIC) + plan->life_ns;
}

static void end_one(const struct plan *plan) {
    struct alive *one = &ring[ended % ALIVE_MOST];
    enum closer closer = plan->closer == MIXED ? (enum closer)(ended % 3) : plan->closer;
    ended++;
    struct linger now = {.l_onoff = 1, .l_linger = 0};
    if (closer == RESET) setsockopt(one->client, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
    int first = closer == SERVER ? one->server : one->client;
    int second = closer == SERVER ? one->client : one->server;
    if (first >= 0) close(first);
    if (second >= 0) close(second);
}

static int has_due(int64_t now) { return ended < opened && ring[ended % ALIVE_MOST].due <= now; }

/// Whether one more may begin: by the rate, the count and the room.
static int may_open(const struct plan *plan, int64_t start, int64_t now) {
    if (opened - ended == ALIVE_MOST || (plan->count && opened >= plan->count)) return 0;
    if (now - start >= plan->seconds_ns) return 0;
    return !plan->rate || opened < (now - start) * plan->rate / 1000000000LL;
}

static int is_over(const struct plan *plan, int64_t start, int64_t now) {
    if (ended < opened) return 0;
    return now - start >= plan->seconds_ns || (plan->count && opened >= plan->count);
}

static void churn(const struct plan *plan, int listener, struct sockaddr_in *address) {
    int64_t start = nanoseconds(CLOCK_MONOTONIC), now = start;
    while (!is_over(plan, start, now)) {
        int is_idle = 1;
        if (has_due(now)) {
            end_one(plan);
            is_idle = 0;
        }
        if (may_open(plan, start, now)) {
            open_one(listener, address, plan);
            is_idle = 0;
        }
        if (is_idle) sleep_until(now + BUNDLE_NS);
        now = nanoseconds(CLOCK_MONOTONIC);
    }
}

static struct outcome run(const struct plan *plan) {
    raise_file_limit();
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t length = sizeof(address);
    if (listener < 0 || bind(listener, (struct sockaddr *)&address, length) != 0
        || listen(listener, 4096) != 0
        || getsockname(listener, (struct sockaddr *)&address, &length) != 0)
        die("listen");
    int64_t begun = nanoseconds(CLOCK_MONOTONIC), before = nanoseconds(CLOCK_PROCESS_CPUTIME_ID);
    churn(plan, listener, &address);
    return (struct outcome){
        .connections = opened - failures, .failures = failures,
        .wall_ns = nanoseconds(CLOCK_MONOTONIC) - begun,
        .processor_ns = nanoseconds(CLOCK_PROCESS_CPUTIME_ID) - before};
}

static enum closer closer_named(const char *name) {
    const char *names[] = {"client", "server", "reset", "mixed"};
    for (int index = 0; index < 4; index++)
        if (strcmp(name, names[index]) == 0) return index;
    fputs("--closer wants client, server, reset or mixed\n", stderr);
    exit(64);
}

int main(int count, char **words) {
    int processes = number(count, words, "--processes", 1);
    long rate = number(count, words, "--rate", 1000), most = number(count, words, "--count", 0);
    struct plan plan = {
        .seconds_ns = number(count, words, "--seconds", 5) * 1000000000LL,
        .life_ns = number(count, words, "--life-us", 2000) * 1000,
        .closer = closer_named(option(count, words, "--closer", "mixed"))};
    int ends[2];
    if (processes < 1 || processes > 100 || pipe(ends) != 0) die("begin");
    pid_t parent = getpid();
    for (int process = 0; process < processes; process++) {
        plan.process = process;
        plan.rate = rate ? rate * (process + 1) / processes - rate * process / processes : 0;
        plan.count = most ? most * (process + 1) / processes - most * process / processes : 0;
        pid_t child = fork();
        if (child < 0) die("fork");
        if (child > 0) continue;
        end_with_parent(parent);
        struct outcome outcome = run(&plan);
        _exit(write(ends[1], &outcome, sizeof(outcome)) == sizeof(outcome) ? 0 : 1);
    }
    close(ends[1]);
    struct outcome sum = {0}, one;
    for (int process = 0; process < processes; process++) {
        if (read(ends[0], &one, sizeof(one)) != sizeof(one)) die("wait for the load");
        sum.connections += one.connections;
        sum.failures += one.failures;
        sum.processor_ns += one.processor_ns;
        if (one.wall_ns > sum.wall_ns) sum.wall_ns = one.wall_ns;
    }
    while (wait(NULL) > 0) {}
    printf("{\"connections\": %ld, \"failures\": %ld, \"seconds\": %.3f, \"processor_ns\": %lld}\n",
        sum.connections, sum.failures, sum.wall_ns / 1e9, (long long)sum.processor_ns);
    return 0;
}
