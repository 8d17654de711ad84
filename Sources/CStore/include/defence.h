// What SQLite configures by a function of any number of arguments, which Swift cannot call.
#pragma once

#include <sqlite3.h>

/// Has SQLite keep no count of the memory that it takes; before its first use alone. 0, or its code.
static inline int count_no_memory(void) { return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); }

/// Against a file that somebody prepared: its shadow tables and schema cannot be written, its
/// triggers do not run, and its views may call harmless functions alone. 0, or SQLite's code.
static inline int defend_against_file(void *connection) {
    sqlite3 *database = (sqlite3 *)connection;
    int code = sqlite3_db_config(database, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)0);
    if (!code) code = sqlite3_db_config(database, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, (int *)0);
    if (!code) code = sqlite3_db_config(database, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, (int *)0);
    return code;
}
