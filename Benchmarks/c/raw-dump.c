// The raw limit of a dump: the recorder's own request, and every reply thrown away. Only message
// headers are read, to find the end.
//
//   raw-dump [--rounds N] [--interval-ms M] [--without-info]
//
// Prints the number of sockets and the median processor time of a dump, and its length.

#include "dump.h"

static void discard(UNUSED const struct nlmsghdr *message) {}

static void nothing(void) {}

static void no_more(UNUSED long sockets) {}

int main(int count, char **words) {
    dump_rounds(count, words, discard, nothing, no_more);
    return 0;
}
