// The BPF program that tells the life of TCP sockets, as scripts/build-probe built it.
#pragma once

#include <stddef.h>

#include "probe_record.h"

/// An ELF file in memory.
struct probe_object {
    const void *start;
    size_t octets;
};

/// The object for the loader; its storage lasts as long as the process.
struct probe_object probe_object(void);
