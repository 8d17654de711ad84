#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <linux/capability.h>

#include "capabilities.h"

/* A thread's capabilities are its own (capabilities(7)), and only the thread can give them up: each is
 * asked to by a signal, as for what setuid(2) does to all threads. SIGSYS is one of the few signals
 * that threads of libdispatch leave open. */

static volatile uint64_t wanted;

/* What threads run that are not the program's own, such as that of a sanitizer: system calls alone. */
#define BARE __attribute__((disable_sanitizer_instrumentation))

BARE static int read_own(struct __user_cap_data_struct data[2]) {
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  return (int)syscall(SYS_capget, &header, data);
}

/* Gives up all but what is wanted, and that more is ever gained; 0 if that was done. */
BARE static int give_up(void) {
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct data[2];
  if (read_own(data)) return -1;
  for (int part = 0; part < 2; part++) {
    uint32_t keep = (uint32_t)(wanted >> (32 * part));
    data[part].effective &= keep;
    data[part].permitted &= keep;
    data[part].inheritable = 0;
  }
  if (syscall(SYS_capset, &header, data)) return -1;
  return (int)syscall(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

BARE static void answer(int signal) {
  (void)signal;
  int kept = errno;
  (void)give_up();
  errno = kept;
}

/* Whether a thread of this process has more than is wanted; -1 when it cannot be asked. */
static int has_more(pid_t thread) {
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, thread};
  struct __user_cap_data_struct data[2];
  if (syscall(SYS_capget, &header, data)) return errno == ESRCH ? 0 : -1;
  uint64_t permitted = data[0].permitted | (uint64_t)data[1].permitted << 32;
  return (permitted & ~wanted) != 0;
}

/* Asks each thread that has more; how many those were, -1 for an error. */
static int ask_all(void) {
  DIR *tasks = opendir("/proc/self/task");
  if (!tasks) return -1;
  int asked = 0;
  for (struct dirent *entry; (entry = readdir(tasks));) {
    pid_t thread = (pid_t)atoi(entry->d_name);
    if (thread <= 0 || thread == gettid()) continue;
    int more = has_more(thread);
    if (more > 0 && !syscall(SYS_tgkill, getpid(), thread, SIGSYS)) asked++;
    if (more < 0) asked = -1;
    if (asked < 0) break;
  }
  closedir(tasks);
  return asked;
}

uint64_t permitted_capabilities(void) {
  struct __user_cap_data_struct data[2];
  if (read_own(data)) return 0;
  return data[0].permitted | (uint64_t)data[1].permitted << 32;
}

int keep_capabilities(uint64_t capabilities) {
  wanted = capabilities;
  if (give_up()) return -1;
  struct sigaction action, before;
  memset(&action, 0, sizeof action);
  action.sa_handler = answer;
  action.sa_flags = SA_RESTART;
  sigfillset(&action.sa_mask);
  if (sigaction(SIGSYS, &action, &before)) return -1;
  /* A thread that one of them starts meanwhile is found by the next look. */
  int left = 1;
  for (int look = 0; look < 200 && left > 0; look++) {
    left = ask_all();
    if (left > 0) nanosleep(&(struct timespec){0, 5000000}, NULL);
  }
  sigaction(SIGSYS, &before, NULL);
  if (left > 0) errno = ETIMEDOUT;
  return left == 0 ? 0 : -1;
}
