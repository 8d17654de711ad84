#include "migrations.h"
static const char initial[] = {
#embed "../../migrations/001-tables.sql"
, 0};
const char *x(void) { return initial; }
