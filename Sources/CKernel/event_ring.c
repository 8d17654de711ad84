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

int event_ring_open(struct event_ring *ring, int map) {
  size_t page = (size_t)sysconf(_SC_PAGESIZE), size = size_of(map);
  if (!size) return -1;
  char *consumed = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, map, 0);
  if (consumed == MAP_FAILED) return -1;
  const char *rest = mmap(NULL, page + size + page, PROT_READ, MAP_SHARED, map, (off_t)page);
  if (rest == MAP_FAILED) {
    int kept = errno;
    munmap(consumed, page);
    errno = kept;
    return -1;
  }
  *ring = (struct event_ring){
      .consumed = (uint64_t *)consumed,
      .produced = (const uint64_t *)rest,
      .events = rest + page,
      .size = size,
      .position = __atomic_load_n((uint64_t *)consumed, __ATOMIC_RELAXED)};
  return 0;
}

void event_ring_close(struct event_ring *ring) {
  size_t page = (size_t)sysconf(_SC_PAGESIZE);
  munmap(ring->consumed, page);
  munmap((void *)(ring->events - page), page + ring->size + page);
}
