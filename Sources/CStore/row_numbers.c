#include "row_numbers.h"

// No SQL can make a pointer of this type.
static const char pointer_type[] = "row_numbers";

static void row_numbers(sqlite3_context *context, int count, sqlite3_value **values) {
    int64_t *numbers = count > 0 ? sqlite3_value_pointer(values[0], pointer_type) : (int64_t *)0;
    (void)context;
    if (!numbers) return;
    for (int i = 1; i < count && i <= most_row_numbers; i++) {
        int is_null = sqlite3_value_type(values[i]) == SQLITE_NULL;
        numbers[i - 1] = is_null ? INT64_MIN : sqlite3_value_int64(values[i]);
    }
}

int add_row_numbers(void *connection) {
    return sqlite3_create_function_v2(
        (sqlite3 *)connection, "row_numbers", -1, SQLITE_UTF8 | SQLITE_DIRECTONLY, (void *)0,
        row_numbers, 0, 0, 0);
}

int bind_row_numbers(void *statement, int parameter, int64_t *numbers) {
    return sqlite3_bind_pointer(
        (sqlite3_stmt *)statement, parameter, numbers, pointer_type, 0);
}
