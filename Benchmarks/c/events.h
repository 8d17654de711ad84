// What the programs share that read the recorder's own BPF object, with the same programs and settings
// (Sources/Kernel/EventPrograms.swift): loading, the ring drained every 20 ms, losses.
#pragma once

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <sys/socket.h>

#include "../../Sources/Probe/include/probe_record.h"
#include "common.h"

enum { DRAIN_MS = 20, TIME_WAIT_SECONDS = 60 };

static volatile sig_atomic_t is_over;

static void finish(UNUSED int signal) { is_over = 1; }

static unsigned long long own_namespace(void) {
    unsigned long long cookie = 0;
    socklen_t length = sizeof(cookie);
    int number = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (number < 0 || getsockopt(number, SOL_SOCKET, SO_NETNS_COOKIE, &cookie, &length) != 0)
        die("ask for the namespace's cookie");
    close(number);
    return cookie;
}

/// CONFIG_HZ: the coarse clock goes on by a jiffy.
static unsigned jiffies_per_second(void) {
    struct timespec jiffy;
    clock_getres(CLOCK_MONOTONIC_COARSE, &jiffy);
    return (1000000000 + jiffy.tv_nsec / 2) / jiffy.tv_nsec;
}

static int map_number(struct bpf_object *object, const char *name) {
    int number = bpf_object__find_map_fd_by_name(object, name);
    if (number < 0) die("find a map");
    return number;
}

static int run(struct bpf_object *object, const char *name) {
    LIBBPF_OPTS(bpf_test_run_opts, options);
    struct bpf_program *program = bpf_object__find_program_by_name(object, name);
    if (!program || bpf_prog_test_run_opts(bpf_program__fd(program), &options) != 0)
        die("run a program");
    return options.retval;
}

static struct bpf_object *load(const char *path, unsigned long long only_netns) {
    struct bpf_object *object = bpf_object__open_file(path, NULL);
    if (!object) die("open the object");
    struct probe_scope scope = {.only_netns = only_netns};
    struct bpf_map *fixed = bpf_object__find_map_by_name(object, ".rodata");
    if (!fixed || bpf_map__set_initial_value(fixed, &scope, sizeof(scope)) != 0)
        die("set the scope");
    if (bpf_object__load(object) != 0) die("load the object");
    return object;
}

/// Full detail, timers of mini-sockets among it.
static void prepare(struct bpf_object *object) {
    unsigned key = 0;
    struct probe_settings settings = {
        .detail = PROBE_FULL, .time_wait_jiffies = TIME_WAIT_SECONDS * jiffies_per_second()};
    if (bpf_map_update_elem(map_number(object, ".bss"), &key, &settings, 0) != 0)
        die("set the detail");
    if (run(object, "find_handler") != 0) die("find the timers' handler");
}

static void attach(struct bpf_object *object) {
    const char *names[] = {"state", "reset", "reset_sent", "timer_started", "timer_expired",
                           "timer_cancelled", "timer_moved"};
    int tells_moved = run(object, "tells_receiver") == 1;
    for (size_t index = 0; index < sizeof(names) / sizeof(*names); index++) {
        if (!tells_moved && strcmp(names[index], "timer_moved") == 0) continue;
        struct bpf_program *program = bpf_object__find_program_by_name(object, names[index]);
        // The links last as long as the process.
        if (!program || !bpf_program__attach(program)) die("attach a program");
    }
}

static unsigned long long lost(struct bpf_object *object) {
    unsigned long long sum = 0, value = 0;
    for (unsigned key = 0; key < PROBE_GROUPS; key++)
        if (bpf_map_lookup_elem(map_number(object, "lost"), &key, &value) == 0) sum += value;
    return sum;
}

/// Loads and attaches, says "ready", drains until SIGTERM or SIGINT, and says what was lost. `idle`
/// is called after each drain.
static unsigned long long listen_to_events(
    const char *path, int every_namespace, ring_buffer_sample_fn take, void (*idle)(void)) {
    signal(SIGTERM, finish);
    signal(SIGINT, finish);
    struct bpf_object *object = load(path, every_namespace ? 0 : own_namespace());
    prepare(object);
    struct ring_buffer *ring = ring_buffer__new(map_number(object, "ring"), take, NULL, NULL);
    if (!ring) die("map the ring");
    attach(object);
    puts("ready");
    fflush(stdout);
    int64_t next = nanoseconds(CLOCK_MONOTONIC);
    while (!is_over) {
        ring_buffer__consume(ring);
        idle();
        next += DRAIN_MS * 1000000LL;
        struct timespec until = {next / 1000000000LL, next % 1000000000LL};
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
    }
    ring_buffer__consume(ring);
    idle();
    unsigned long long sum = lost(object);
    ring_buffer__free(ring);
    bpf_object__close(object);
    return sum;
}
