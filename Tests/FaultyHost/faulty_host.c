/* A host whose disk fails or is slow and whose wall clock steps when a test says so, for a program
 * started with this library in LD_PRELOAD.
 *
 * FAULTY_DISK names a file; while it is there and holds "ERRNO", every write, sync and truncation of a
 * file whose path contains "recording.sqlite" fails with that number; while it holds "slow MS", each
 * takes so many ms longer. FAULTY_CLOCK names a file of eight octets: by how many seconds the wall
 * clock is wrong. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

/* The fault that is on: an errno, 0 for none. */
static int fault(int descriptor) {
  const char *control = getenv("FAULTY_DISK");
  char link[64], path[4096], text[32];
  if (!control) return 0;
  int kept = errno;
  int number = 0;
  int file = open(control, O_RDONLY | O_CLOEXEC);
  if (file >= 0) {
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, sizeof path - 1);
    path[length > 0 ? length : 0] = 0;
    ssize_t count = read(file, text, sizeof text - 1);
    text[count > 0 ? count : 0] = 0;
    close(file);
    if (strstr(path, "recording.sqlite")) {
      if (!strncmp(text, "slow ", 5)) usleep((useconds_t)atoi(text + 5) * 1000);
      else number = atoi(text);
    }
  }
  errno = kept;
  return number;
}

#define FAIL_IF_FAULTY(descriptor)        \
  do {                                    \
    int number = fault(descriptor);       \
    if (number) {                         \
      errno = number;                     \
      return -1;                          \
    }                                     \
  } while (0)

#define NEXT(name, ...) ((__typeof__(name) *)dlsym(RTLD_NEXT, #name))(__VA_ARGS__)

ssize_t write(int descriptor, const void *bytes, size_t count) {
  FAIL_IF_FAULTY(descriptor);
  return NEXT(write, descriptor, bytes, count);
}

ssize_t pwrite(int descriptor, const void *bytes, size_t count, off_t offset) {
  FAIL_IF_FAULTY(descriptor);
  return NEXT(pwrite, descriptor, bytes, count, offset);
}

ssize_t pwrite64(int descriptor, const void *bytes, size_t count, off64_t offset) {
  FAIL_IF_FAULTY(descriptor);
  return NEXT(pwrite64, descriptor, bytes, count, offset);
}

int fsync(int descriptor) {
  FAIL_IF_FAULTY(descriptor);
  return NEXT(fsync, descriptor);
}

int fdatasync(int descriptor) {
  FAIL_IF_FAULTY(descriptor);
  return NEXT(fdatasync, descriptor);
}

int ftruncate(int descriptor, off_t length) {
  FAIL_IF_FAULTY(descriptor);
  return NEXT(ftruncate, descriptor, length);
}

int ftruncate64(int descriptor, off64_t length) {
  FAIL_IF_FAULTY(descriptor);
  return NEXT(ftruncate64, descriptor, length);
}

static int (*real_clock_gettime)(clockid_t, struct timespec *);
static const volatile long long *wrong_by;

__attribute__((constructor)) static void prepare(void) {
  real_clock_gettime = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
  const char *path = getenv("FAULTY_CLOCK");
  int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
  if (file < 0) return;
  void *mapped = mmap(NULL, sizeof *wrong_by, PROT_READ, MAP_SHARED, file, 0);
  if (mapped != MAP_FAILED) wrong_by = mapped;
  close(file);
}

int clock_gettime(clockid_t clock, struct timespec *time) {
  if (!real_clock_gettime) prepare();
  int result = real_clock_gettime(clock, time);
  if (!result && clock == CLOCK_REALTIME && wrong_by) time->tv_sec += *wrong_by;
  return result;
}
