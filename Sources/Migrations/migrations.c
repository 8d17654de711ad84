#include "migrations.h"

static const char tables[] = {
#embed "../../migrations/001-tables.sql"
    , 0};

static const char views[] = {
#embed "../../migrations/002-views.sql"
    , 0};

#define MIGRATION(name, text) {name, text, sizeof(text) - 1}

static const struct embedded_migration migrations[] = {
    MIGRATION("001-tables", tables),
    MIGRATION("002-views", views),
};

size_t embedded_migration_count(void) { return sizeof(migrations) / sizeof(migrations[0]); }

struct embedded_migration embedded_migration_at(size_t index) {
    static const struct embedded_migration none = {"", "", 0};
    return index < embedded_migration_count() ? migrations[index] : none;
}
