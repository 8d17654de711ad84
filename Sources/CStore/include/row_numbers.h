// A row of whole numbers in one call. To ask a statement for one column after the other takes longer
// than to find and decode the row.
#pragma once

#include <sqlite3.h>
#include <stdint.h>

/// How many numbers a row can have.
static const int most_row_numbers = 32;

/// Teaches a connection `row_numbers(?, …)`: it writes its further arguments to where
/// `bind_row_numbers` says, INT64_MIN for NULL, and is NULL itself. 0, or SQLite's code.
int add_row_numbers(void *connection);

/// Says where the numbers of a statement's rows go; there is room for `most_row_numbers`, which
/// lasts as long as the statement is stepped. 0, or SQLite's code.
int bind_row_numbers(void *statement, int parameter, int64_t *numbers);
