// zlib, as Debian's zlib1g-dev has it, for Swift.
#pragma once

#include <zlib.h>

// deflateInit2 is a macro, which Swift does not see; 16 more bits ask for gzip's own frame.
static inline int socktape_gzip_begin(z_stream *stream) {
    return deflateInit2(stream, 6, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY);
}
