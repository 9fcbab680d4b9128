/* netload serve ADDRESS: the host's end of the loads below, for any number of guests.
 * netload ADDRESS: moves bytes and round trips over TCP to such a host, and prints a line for each load. The times are fixed: what differs is the amount.
 * What comes first does not count: windows grow, a VMM may still compile itself, and buffers are touched for the first time, among them the 64 MiB
 * through which a TD takes turns to bounce what it sends and receives. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { PORT = 7777, SIZE = 256 << 10, SECONDS = 4, WARM_UP = 3, MOST_WARM_UP = 20, MEBI = 1 << 20, WARM_UP_BYTES = 64 * MEBI };

static char buffer[SIZE];

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static struct sockaddr_in address_of(const char *text)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(PORT) };
    if (inet_pton(AF_INET, text, &address.sin_addr) != 1)
        die(text);
    return address;
}

/* A connection for a kind of load, which is its first byte: r, the guest receives; s, it sends; p, it sends a byte and gets it back. */
static int call(const char *host, char kind)
{
    struct sockaddr_in address = address_of(host);
    int one = 1, s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (s < 0 || connect(s, (struct sockaddr *)&address, sizeof address) < 0)
        die(host);
    setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (write(s, &kind, 1) != 1)
        die("write");
    return s;
}

/* Does what a kind of load is for some seconds, and on until it has done some of it or has no patience left; returns the number of bytes, or of round trips. */
static uint64_t exchange(int s, char kind, double seconds, uint64_t least, double most_seconds)
{
    uint64_t done = 0;
    for (double begun = now(), passed; (passed = now() - begun) < seconds || (done < least && passed < most_seconds);) {
        ssize_t size = kind == 'p' ? 1 : SIZE, n = kind == 'r' ? 1 : write(s, buffer, size);
        if (n > 0 && kind != 's')
            n = read(s, buffer, size);
        if (n <= 0)
            die("connection");
        done += n;
    }
    return done;
}

/* Bytes that were written and have not arrived. */
static uint64_t under_way(int s)
{
    int bytes;
    if (ioctl(s, SIOCOUTQ, &bytes) < 0)
        die("SIOCOUTQ");
    return bytes;
}

/* What was exchanged in a second: round trips, or bytes that have arrived. */
static double rate_of(const char *host, char kind)
{
    int s = call(host, kind);
    exchange(s, kind, WARM_UP, kind == 'p' ? 0 : WARM_UP_BYTES, MOST_WARM_UP);
    uint64_t before = under_way(s);
    double begun = now();
    uint64_t done = exchange(s, kind, SECONDS, 0, 0) + before - under_way(s);
    double rate = done / (now() - begun);
    shutdown(s, SHUT_WR);
    while (read(s, buffer, SIZE) > 0 && kind == 's')
        ; /* the next load has the network for itself */
    close(s);
    return rate;
}

static void report(const char *load, double rate, const char *unit)
{
    printf("VMM-LANE: load %s %.2f %s\n", load, rate, unit);
    fflush(stdout);
}

static void attend(int s)
{
    char kind;
    ssize_t n;
    int one = 1;
    setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (read(s, &kind, 1) != 1)
        return;
    switch (kind) {
    case 'r':
        while (write(s, buffer, SIZE) > 0)
            ;
        break;
    case 's':
        while (read(s, buffer, SIZE) > 0)
            ;
        break;
    case 'p':
        while ((n = read(s, buffer, SIZE)) > 0 && write(s, buffer, n) == n)
            ;
        break;
    }
}

static void serve(const char *host)
{
    struct sockaddr_in address = address_of(host);
    int one = 1, listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (listener < 0 || bind(listener, (struct sockaddr *)&address, sizeof address) < 0 || listen(listener, 16) < 0)
        die(host);
    signal(SIGCHLD, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    for (;;) {
        int s = accept(listener, NULL, NULL);
        if (s >= 0 && fork() == 0) {
            attend(s);
            exit(0);
        }
        close(s);
    }
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "serve") == 0)
        serve(argv[2]);
    if (argc != 2) {
        fprintf(stderr, "usage: netload [serve] ADDRESS\n");
        return 64;
    }
    report("tcp-send", rate_of(argv[1], 's') / MEBI, "MiB/s");
    report("tcp-receive", rate_of(argv[1], 'r') / MEBI, "MiB/s");
    report("round-trips", rate_of(argv[1], 'p'), "1/s");
    return 0;
}
