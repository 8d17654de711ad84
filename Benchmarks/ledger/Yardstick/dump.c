#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "yardstick.h"

extern char **environ;

static int opened(void) {
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
    if (fd < 0) return -1;
    int octets = 1 << 20;
    if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &octets, sizeof octets) != 0)
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &octets, sizeof octets);
    return fd;
}

static int asked(int fd, int with_info) {
    struct {
        struct nlmsghdr header;
        struct inet_diag_req body;
    } request = {0};
    request.header.nlmsg_len = sizeof request;
    request.header.nlmsg_type = TCPDIAG_GETSOCK;
    request.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
    request.header.nlmsg_seq = 1;
    request.body.idiag_family = AF_INET;
    request.body.idiag_ext = with_info ? 1 << (INET_DIAG_INFO - 1) : 0;
    request.body.idiag_states = 0xfff;
    return send(fd, &request, sizeof request, 0) < 0 ? -1 : 0;
}

int64_t yardstick_dump(int with_info) {
    static char buffer[1 << 20] __attribute__((aligned(64)));
    int fd = opened();
    if (fd < 0 || asked(fd, with_info) != 0) return -errno;
    int64_t total = 0;
    for (;;) {
        ssize_t length = recv(fd, buffer, sizeof buffer, 0);
        if (length <= 0) {
            total = length == 0 ? -EPIPE : -errno;
            break;
        }
        total += length;
        const struct nlmsghdr *first = (const struct nlmsghdr *)buffer;
        if (first->nlmsg_type == NLMSG_DONE) break;
        if (first->nlmsg_type == NLMSG_ERROR) {
            total = -EPROTO;
            break;
        }
    }
    close(fd);
    return total;
}

uint64_t yardstick_ss(void) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    char *words[] = {"ss", "-tan", NULL};
    pid_t pid;
    int failure = posix_spawnp(&pid, "ss", &actions, NULL, words, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (failure != 0) return 0;
    int status;
    struct rusage usage;
    if (wait4(pid, &status, 0, &usage) != pid || status != 0) return 0;
    uint64_t micros = (uint64_t)usage.ru_utime.tv_sec * 1000000u + (uint64_t)usage.ru_utime.tv_usec;
    micros += (uint64_t)usage.ru_stime.tv_sec * 1000000u + (uint64_t)usage.ru_stime.tv_usec;
    return micros * 1000;
}
