// The raw limit of a question: runs its statements by SQLite's C interface and throws the rows away.
//
//   sqlite-steps FILE SQL...
//
// Prints the rows, and the processor time and the time from the first statement to the last.

#include <sqlite3.h>

#include "common.h"

static void check(int result, sqlite3 *file, const char *what) {
    if (result == SQLITE_OK || result == SQLITE_DONE || result == SQLITE_ROW) return;
    fprintf(stderr, "cannot %s: %s\n", what, sqlite3_errmsg(file));
    exit(1);
}

static long run(sqlite3 *file, const char *sql) {
    sqlite3_stmt *statement;
    check(sqlite3_prepare_v2(file, sql, -1, &statement, NULL), file, "prepare");
    long rows = 0;
    int result;
    while ((result = sqlite3_step(statement)) == SQLITE_ROW) rows++;
    check(result, file, "read a row");
    sqlite3_finalize(statement);
    return rows;
}

int main(int count, char **words) {
    if (count < 3) {
        fputs("sqlite-steps wants a recording and statements\n", stderr);
        return 64;
    }
    sqlite3 *file;
    check(sqlite3_open_v2(words[1], &file, SQLITE_OPEN_READONLY, NULL), file, "open the recording");
    int64_t wall = nanoseconds(CLOCK_MONOTONIC);
    long rows = 0;
    for (int index = 2; index < count; index++) rows += run(file, words[index]);
    printf("{\"rows\": %ld, \"processor_ns\": %lld, \"wall_ns\": %lld}\n", rows,
        (long long)nanoseconds(CLOCK_PROCESS_CPUTIME_ID),
        (long long)(nanoseconds(CLOCK_MONOTONIC) - wall));
    sqlite3_close(file);
    return 0;
}
