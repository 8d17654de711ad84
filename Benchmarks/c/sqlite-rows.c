// The raw limit of storage: the ended connections of a recording, kept in memory and written again
// by one prepared statement into a bare table of the same columns, without views or indexes.
//
//   sqlite-rows FROM TO
//
// Prints the rows, the octets of the new file a row, and the processor time of writing one.

#include <sqlite3.h>
#include <sys/stat.h>

#include "common.h"

/// As many as the recorder writes in one transaction.
enum { TRANSACTION_ROWS = 50000, COLUMNS_MOST = 64 };

struct cell {
    int64_t value;
    int is_null;
};

static void check(int result, sqlite3 *file, const char *what) {
    if (result == SQLITE_OK || result == SQLITE_DONE || result == SQLITE_ROW) return;
    fprintf(stderr, "cannot %s: %s\n", what, sqlite3_errmsg(file));
    exit(1);
}

static struct cell *read_rows(const char *path, long *rows, int *columns) {
    sqlite3 *file;
    check(sqlite3_open_v2(path, &file, SQLITE_OPEN_READONLY, NULL), file, "open the recording");
    sqlite3_stmt *select;
    check(sqlite3_prepare_v2(file, "SELECT * FROM ended_connection ORDER BY connection_id", -1,
        &select, NULL), file, "read its connections");
    *columns = sqlite3_column_count(select);
    long room = 1 << 16;
    struct cell *cells = calloc(room * *columns, sizeof(*cells));
    if (!cells || *columns > COLUMNS_MOST) die("make room");
    for (*rows = 0; sqlite3_step(select) == SQLITE_ROW; ++*rows) {
        if (*rows == room) {
            room *= 2;
            cells = realloc(cells, room * *columns * sizeof(*cells));
            if (!cells) die("make room");
        }
        for (int column = 0; column < *columns; column++) {
            struct cell *cell = &cells[*rows * *columns + column];
            cell->is_null = sqlite3_column_type(select, column) == SQLITE_NULL;
            cell->value = sqlite3_column_int64(select, column);
        }
    }
    sqlite3_finalize(select);
    sqlite3_close(file);
    return cells;
}

static sqlite3_stmt *make_table(sqlite3 *file, int columns) {
    char create[4096] = "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; "
                        "CREATE TABLE connection (c0 INTEGER PRIMARY KEY";
    char insert[4096] = "INSERT INTO connection VALUES (?";
    for (int column = 1; column < columns; column++) {
        char name[32];
        snprintf(name, sizeof(name), ", c%d INTEGER", column);
        strcat(create, name);
        strcat(insert, ", ?");
    }
    strcat(create, ") STRICT");
    strcat(insert, ")");
    check(sqlite3_exec(file, create, NULL, NULL, NULL), file, "make a table");
    sqlite3_stmt *statement;
    check(sqlite3_prepare_v2(file, insert, -1, &statement, NULL), file, "prepare");
    return statement;
}

static void write_rows(
    sqlite3 *file, sqlite3_stmt *insert, const struct cell *cells, long rows, int columns) {
    for (long row = 0; row < rows; row++) {
        if (row % TRANSACTION_ROWS == 0) sqlite3_exec(file, "BEGIN", NULL, NULL, NULL);
        for (int column = 0; column < columns; column++) {
            const struct cell *cell = &cells[row * columns + column];
            if (cell->is_null) sqlite3_bind_null(insert, column + 1);
            else sqlite3_bind_int64(insert, column + 1, cell->value);
        }
        check(sqlite3_step(insert), file, "write a row");
        sqlite3_reset(insert);
        if (row % TRANSACTION_ROWS == TRANSACTION_ROWS - 1 || row == rows - 1)
            check(sqlite3_exec(file, "COMMIT", NULL, NULL, NULL), file, "commit");
    }
}

int main(int count, char **words) {
    if (count != 3) {
        fputs("sqlite-rows wants a recording and a new file\n", stderr);
        return 64;
    }
    long rows;
    int columns;
    struct cell *cells = read_rows(words[1], &rows, &columns);
    sqlite3 *file;
    check(sqlite3_open(words[2], &file), file, "make the file");
    sqlite3_stmt *insert = make_table(file, columns);
    int64_t before = nanoseconds(CLOCK_PROCESS_CPUTIME_ID);
    write_rows(file, insert, cells, rows, columns);
    int64_t spent = nanoseconds(CLOCK_PROCESS_CPUTIME_ID) - before;
    sqlite3_finalize(insert);
    check(sqlite3_exec(file, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL), file, "end");
    check(sqlite3_close(file), file, "close the file");
    struct stat facts;
    if (stat(words[2], &facts) != 0) die("look at the new file");
    printf("{\"rows\": %ld, \"octets_a_row\": %.2f, \"processor_ns_a_row\": %.1f}\n", rows,
        rows ? (double)facts.st_size / rows : 0, rows ? (double)spent / rows : 0);
    return 0;
}
