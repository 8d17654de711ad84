#pragma once
#include <stddef.h>

/// A file of migrations/, as it was when the program was built.
struct embedded_migration {
    /// The file's name without its ending.
    const char *name;
    /// The file's text, with a zero after its end.
    const char *text;
    /// Octets of the text, the zero not counted.
    size_t bytes;
};

/// How many migrations the program holds.
size_t embedded_migration_count(void);

/// The migration at an index below the count, in the order in which they apply.
struct embedded_migration embedded_migration_at(size_t index);
