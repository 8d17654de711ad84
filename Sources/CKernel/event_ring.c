#define _GNU_SOURCE
#include <errno.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "event_ring.h"

/* Octets of a ring's events, 0 and errno when they cannot be told. */
static size_t size_of(int map) {
  struct bpf_map_info info = {0};
  union bpf_attr attributes = {
      .info = {.bpf_fd = (uint32_t)map, .info_len = sizeof(info), .info = (uintptr_t)&info}};
  if (syscall(SYS_bpf, BPF_OBJ_GET_INFO_BY_FD, &attributes, sizeof(attributes))) return 0;
  if (info.type == BPF_MAP_TYPE_RINGBUF) return info.max_entries;
  errno = EINVAL;
  return 0;
}

enum { WINDOW = 256 << 10 };

static size_t page_size(void) { return (size_t)sysconf(_SC_PAGESIZE); }

int event_ring_open(struct event_ring *ring, int map) {
  size_t page = page_size(), size = size_of(map);
  if (!size) return -1;
  struct event_ring new = {.size = size, .window_size = size < WINDOW ? size : WINDOW,
                           .window_begin = size, .map = map};
  /* Room for the window, which the ring's pages then take. */
  char *room = mmap(NULL, new.window_size + page, PROT_NONE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (room == MAP_FAILED) return -1;
  char *consumed = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, map, 0);
  const char *produced = mmap(NULL, page, PROT_READ, MAP_SHARED, map, (off_t)page);
  new.window = room;
  new.consumed = (uint64_t *)consumed;
  new.produced = (const uint64_t *)produced;
  if (consumed != MAP_FAILED && produced != MAP_FAILED) {
    new.position = __atomic_load_n(new.consumed, __ATOMIC_RELAXED);
    if (event_ring_follow(&new) == 0) {
      *ring = new;
      return 0;
    }
  }
  int kept = errno;
  if (consumed != MAP_FAILED) munmap(consumed, page);
  if (produced != MAP_FAILED) munmap((void *)produced, page);
  munmap(room, new.window_size + page);
  errno = kept;
  return -1;
}

int event_ring_follow(struct event_ring *ring) {
  size_t page = page_size();
  size_t begin = ring->position & (ring->size - 1) & ~(ring->window_size - 1);
  /* Before the events there is a page of each side's position. */
  void *moved = mmap((void *)ring->window, ring->window_size + page, PROT_READ,
                     MAP_SHARED | MAP_FIXED, ring->map, (off_t)(2 * page + begin));
  ring->window_begin = moved == MAP_FAILED ? ring->size : begin;
  return moved == MAP_FAILED ? -1 : 0;
}

void event_ring_close(struct event_ring *ring) {
  size_t page = page_size();
  munmap(ring->consumed, page);
  munmap((void *)ring->produced, page);
  munmap((void *)ring->window, ring->window_size + page);
}
