// The raw limit of events: every record of the recorder's own BPF object is read and thrown away.
//
//   event-reader OBJECT [--every-namespace]
//
// Says "ready", reads until SIGTERM or SIGINT, then prints what came and what was lost.

#include "events.h"

static long long events;

static int discard(UNUSED void *context, UNUSED void *record, UNUSED size_t octets) {
    events++;
    return 0;
}

static void rest(void) {}

int main(int count, char **words) {
    if (count < 2) {
        fputs("event-reader wants the path of the BPF object\n", stderr);
        return 64;
    }
    unsigned long long lost =
        listen_to_events(words[1], has(count, words, "--every-namespace"), discard, rest);
    printf("{\"events\": %lld, \"lost\": %llu, \"processor_ns\": %lld}\n", events, lost,
        (long long)nanoseconds(CLOCK_PROCESS_CPUTIME_ID));
    return 0;
}
