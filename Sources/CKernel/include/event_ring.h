// The ring in which a BPF program leaves its events (kernel/bpf/ringbuf.c), for one reader.
//
// What a process maps of it counts as what the process holds, read or not. So a window is mapped, which
// goes along with the reader. The kernel shows the events twice in a row, so that none is cut at the end.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <linux/bpf.h>

struct event_ring {
    /// Until where it was read; the kernel keeps what lies behind.
    uint64_t *consumed;
    /// Until where events were begun, in octets since the ring was made.
    const uint64_t *produced;
    /// The events from window_begin on, so many octets and a page more than the longest event.
    const char *window;
    /// Place in the ring, a multiple of the window; that of the ring: it could not be mapped.
    size_t window_begin, window_size;
    /// Of the events, octets; a power of two.
    size_t size;
    /// As far as it was read.
    uint64_t position;
    int map;
};

/// Maps the ring of a descriptor of its map, which is to stay open; -1 and errno on failure.
int event_ring_open(struct event_ring *ring, int map);

/// Ends the mappings; once.
void event_ring_close(struct event_ring *ring);

/// Moves the window to where the reader is; -1 and errno when the kernel has no memory for it.
int event_ring_follow(struct event_ring *ring);

/// Where the next event is, or will be; NULL when it cannot be mapped now.
static inline const char *event_ring_place(struct event_ring *ring) {
    size_t place = ring->position & (ring->size - 1);
    if (place - ring->window_begin >= ring->window_size && event_ring_follow(ring)) return NULL;
    return ring->window + (place - ring->window_begin);
}

/// The next event and its length; NULL when there is none, or when it is still being written. It is
/// there until the next call.
static inline const void *event_ring_next(struct event_ring *ring, size_t *octets) {
    while (ring->position < __atomic_load_n(ring->produced, __ATOMIC_ACQUIRE)) {
        const char *place = event_ring_place(ring);
        if (!place) return NULL;
        uint32_t length = __atomic_load_n((const uint32_t *)place, __ATOMIC_ACQUIRE);
        if (length & BPF_RINGBUF_BUSY_BIT) return NULL;
        *octets = length & ~(uint32_t)BPF_RINGBUF_DISCARD_BIT;
        ring->position += (*octets + BPF_RINGBUF_HDR_SZ + 7) & ~(uint64_t)7;
        if (!(length & BPF_RINGBUF_DISCARD_BIT)) return place + BPF_RINGBUF_HDR_SZ;
    }
    return NULL;
}

/// Gives the room of all that was read back to the kernel.
static inline void event_ring_release(struct event_ring *ring) {
    __atomic_store_n(ring->consumed, ring->position, __ATOMIC_RELEASE);
}
