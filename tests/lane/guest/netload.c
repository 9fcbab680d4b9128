/* netload serve ADDRESS: the host's end of the loads below, for any number of guests.
 * netload ADDRESS: moves bytes and round trips over TCP to such a host, and prints a line for each load. The times are fixed: what differs is the amount. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { PORT = 7777, SIZE = 256 << 10, SECONDS = 4 };

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

/* What was sent counts once the other side has taken it all: then it closes the connection. */
static double move(const char *host, char kind)
{
    int s = call(host, kind);
    uint64_t moved = 0;
    double begun = now();
    while (now() - begun < SECONDS) {
        ssize_t n = kind == 's' ? write(s, buffer, SIZE) : read(s, buffer, SIZE);
        if (n <= 0)
            die("connection");
        moved += n;
    }
    if (kind == 's') {
        shutdown(s, SHUT_WR);
        if (read(s, buffer, 1) < 0)
            die("end");
    }
    double rate = moved / (now() - begun) / (1 << 20);
    close(s);
    return rate;
}

static double round_trips(const char *host)
{
    int s = call(host, 'p');
    uint64_t count = 0;
    double begun = now();
    while (now() - begun < SECONDS) {
        if (write(s, buffer, 1) != 1 || read(s, buffer, 1) != 1)
            die("round trip");
        count++;
    }
    double rate = count / (now() - begun);
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
    report("tcp-send", move(argv[1], 's'), "MiB/s");
    report("tcp-receive", move(argv[1], 'r'), "MiB/s");
    report("round-trips", round_trips(argv[1]), "1/s");
    return 0;
}
