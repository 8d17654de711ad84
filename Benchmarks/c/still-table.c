// A load: a table of sockets that stand still. Both ends of each connection are here; several
// processes share them, since one may not open as many files.
//
//   still-table --sockets N [--seconds S]
//
// Says "ready" when all are open; holds them until SIGTERM, or S seconds at most.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "common.h"

/// Of a process; the usual hard limit is 20,000 or more.
enum { CONNECTIONS_A_PROCESS = 9000, CONNECTIONS_AN_ADDRESS = 3000 };

static void finish(UNUSED int signal) {}

static int listen_anywhere(struct sockaddr_in *address) {
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    *address = (struct sockaddr_in){.sin_family = AF_INET};
    socklen_t length = sizeof(*address);
    if (listener < 0 || bind(listener, (struct sockaddr *)address, length) != 0
        || listen(listener, 4096) != 0
        || getsockname(listener, (struct sockaddr *)address, &length) != 0)
        die("listen");
    return listener;
}

static void hold(long connections, int process, int ready) {
    raise_file_limit();
    struct sockaddr_in address;
    int listener = listen_anywhere(&address);
    for (long index = 0; index < connections; index++) {
        uint32_t host = 1 + index / CONNECTIONS_AN_ADDRESS;
        address.sin_addr.s_addr = htonl(0x7f000000 | (uint32_t)(process + 1) << 8 | host);
        int client = socket(AF_INET, SOCK_STREAM, 0);
        if (client < 0) die("open a socket");
        if (connect(client, (struct sockaddr *)&address, sizeof(address)) != 0) die("connect");
        if (accept(listener, NULL, NULL) < 0) die("accept");
    }
    if (write(ready, "r", 1) != 1) die("say so");
    pause();
    _exit(0);
}

int main(int count, char **words) {
    long connections = number(count, words, "--sockets", 10000) / 2;
    long seconds = number(count, words, "--seconds", 900);
    int processes = (connections + CONNECTIONS_A_PROCESS - 1) / CONNECTIONS_A_PROCESS;
    if (processes < 1 || processes > 200) {
        fputs("still-table wants 2 to 3,600,000 sockets\n", stderr);
        return 64;
    }
    int ends[2];
    if (pipe(ends) != 0) die("make a pipe");
    pid_t parent = getpid();
    for (int process = 0; process < processes; process++) {
        long share = connections * (process + 1) / processes - connections * process / processes;
        pid_t child = fork();
        if (child < 0) die("fork");
        if (child == 0) {
            end_with_parent(parent);
            close(ends[0]);
            hold(share, process, ends[1]);
        }
    }
    close(ends[1]);
    char answer;
    for (int process = 0; process < processes; process++)
        if (read(ends[0], &answer, 1) != 1) die("hold so many sockets");
    puts("ready");
    fflush(stdout);
    // The children end with this process.
    signal(SIGTERM, finish);
    signal(SIGALRM, finish);
    alarm(seconds);
    pause();
    return 0;
}
