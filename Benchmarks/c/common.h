// What the programs share: options, clocks, the end of a program that cannot go on.
#pragma once

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define UNUSED __attribute__((unused))

/// Says what failed, and ends the program.
UNUSED static void die(const char *what) {
    fprintf(stderr, "cannot %s: %s\n", what, errno ? strerror(errno) : "unexpected answer");
    exit(1);
}

/// The words after `--name`, or the usual ones.
UNUSED static const char *option(int count, char **words, const char *name, const char *usual) {
    for (int index = 1; index + 1 < count; index++)
        if (strcmp(words[index], name) == 0) return words[index + 1];
    return usual;
}

/// The whole number after `--name`, or the usual one.
UNUSED static long number(int count, char **words, const char *name, long usual) {
    const char *text = option(count, words, name, NULL);
    if (!text) return usual;
    char *rest = NULL;
    long value = strtol(text, &rest, 10);
    if (rest == text || *rest || value < 0) {
        fprintf(stderr, "%s wants a whole number, not '%s'\n", name, text);
        exit(64);
    }
    return value;
}

UNUSED static int has(int count, char **words, const char *name) {
    for (int index = 1; index < count; index++)
        if (strcmp(words[index], name) == 0) return 1;
    return 0;
}

UNUSED static int64_t nanoseconds(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

/// Sleeps until a moment of the monotonic clock.
UNUSED static void sleep_until(int64_t moment) {
    struct timespec until = {moment / 1000000000LL, moment % 1000000000LL};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR) {}
}

/// As many files as the hard limit permits.
UNUSED static void raise_file_limit(void) {
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

/// A child that outlives its parent would hold its sockets for ever.
UNUSED static void end_with_parent(pid_t parent) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(1);
}

UNUSED static int ascending(const void *left, const void *right) {
    int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

/// The middle of some numbers, which are put in order.
UNUSED static int64_t median(int64_t *values, long count) {
    qsort(values, count, sizeof(*values), ascending);
    return count ? values[count / 2] : 0;
}
