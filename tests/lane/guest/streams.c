/* Talks over many connections at once, and says how many gave back what they were given. One program for both ends of virtio-vsock
 * and of ports: in the guest with AF_VSOCK, on the host with the unix sockets of vmm.
 *
 *   streams serve vsock PORT COUNT          accepts COUNT connections and, when all of them are there, sends back what they say
 *   streams serve unix PATH COUNT           the same on a unix socket
 *   streams call vsock CID PORT COUNT SIZE  opens COUNT connections, says SIZE bytes on each and compares what comes back
 *   streams call unix PATH PORT COUNT SIZE  the same over vmm's unix socket, into the guest
 *   streams join PATH                       connects to a unix socket and sends back what it says
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <linux/vm_sockets.h>

enum { MOST = 1024, CHUNK = 4096 };

struct stream {
  int file;
  uint32_t said, heard;          /* the generators of what is said and of what must come back */
  long said_bytes, heard_bytes;
  uint64_t said_sum, heard_sum;  /* FNV-1a */
  char kept[CHUNK];              /* of an echo: what was heard and not yet said */
  int first, count;
  int ended, wrong;
};

static struct stream streams[MOST];
static struct pollfd polls[MOST];

static void die(const char *what) {
  perror(what);
  exit(1);
}

static uint8_t next(uint32_t *state) {
  *state ^= *state << 13;
  *state ^= *state >> 17;
  *state ^= *state << 5;
  return *state >> 24;
}

static uint64_t sum(uint64_t before, uint8_t byte) { return (before ^ byte) * 1099511628211u; }

static int open_unix(const char *path, int listening) {
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  int file = socket(AF_UNIX, SOCK_STREAM, 0);
  strncpy(address.sun_path, path, sizeof address.sun_path - 1);
  if (listening ? bind(file, (struct sockaddr *)&address, sizeof address) || listen(file, MOST)
                : connect(file, (struct sockaddr *)&address, sizeof address))
    die(path);
  return file;
}

static int open_vsock(unsigned cid, unsigned port, int listening) {
  struct sockaddr_vm address = { .svm_family = AF_VSOCK, .svm_cid = cid, .svm_port = port };
  int file = socket(AF_VSOCK, SOCK_STREAM, 0);
  if (file < 0) die("AF_VSOCK");
  if (listening ? bind(file, (struct sockaddr *)&address, sizeof address) || listen(file, MOST)
                : connect(file, (struct sockaddr *)&address, sizeof address))
    die("vsock");
  return file;
}

/* The greeting of vmm's unix socket: CONNECT PORT, answered by OK and a port. */
static int open_through(const char *path, const char *port) {
  int file = open_unix(path, 0);
  char byte = 0;
  dprintf(file, "CONNECT %s\n", port);
  do
    if (read(file, &byte, 1) != 1) die("the guest does not accept");
  while (byte != '\n');
  return file;
}

/* Sends back what was heard. Returns whether there is more to come. */
static int echo(struct stream *stream) {
  if (stream->count == 0 && !stream->ended) {
    ssize_t got = read(stream->file, stream->kept, CHUNK);
    if (got == 0) shutdown(stream->file, SHUT_WR);
    if (got == 0 || (got < 0 && errno != EAGAIN)) stream->ended = 1;
    stream->first = 0;
    stream->count = got > 0 ? got : 0;
    stream->heard_bytes += stream->count;
  }
  if (stream->count > 0) {
    ssize_t put = write(stream->file, stream->kept + stream->first, stream->count);
    if (put < 0 && errno != EAGAIN) return 0;
    if (put > 0) stream->first += put, stream->count -= put;
  }
  return !stream->ended || stream->count > 0;
}

/* Says some, and compares what comes back. Returns whether there is more to come. */
static int talk(struct stream *stream, long size) {
  char chunk[CHUNK];
  while (stream->said_bytes < size) {
    uint32_t state = stream->said;
    int length = size - stream->said_bytes < CHUNK ? size - stream->said_bytes : CHUNK;
    for (int i = 0; i < length; i++) chunk[i] = next(&state);
    ssize_t put = write(stream->file, chunk, length);
    if (put <= 0) break;
    for (int i = 0; i < put; i++) stream->said_sum = sum(stream->said_sum, next(&stream->said));
    stream->said_bytes += put;
    if (stream->said_bytes == size) shutdown(stream->file, SHUT_WR);
  }
  for (;;) {
    ssize_t got = read(stream->file, chunk, CHUNK);
    if (got < 0) {
      stream->wrong |= errno != EAGAIN;
      return errno == EAGAIN;
    }
    if (got == 0) return 0;
    for (int i = 0; i < got; i++) {
      stream->wrong |= (uint8_t)chunk[i] != next(&stream->heard);
      stream->heard_sum = sum(stream->heard_sum, chunk[i]);
    }
    stream->heard_bytes += got;
  }
}

static void run(int count, long size) {
  int open = count;
  for (int i = 0; i < count; i++) {
    polls[i].fd = streams[i].file;
    fcntl(streams[i].file, F_SETFL, O_NONBLOCK);
  }
  while (open > 0) {
    for (int i = 0; i < count; i++) {
      struct stream *stream = &streams[i];
      int speaks = size < 0 ? stream->count > 0 : stream->said_bytes < size;
      polls[i].events = (size < 0 && (stream->count > 0 || stream->ended) ? 0 : POLLIN) | (speaks ? POLLOUT : 0);
    }
    if (poll(polls, count, -1) < 0) die("poll");
    for (int i = 0; i < count; i++)
      if (polls[i].revents && !(size < 0 ? echo(&streams[i]) : talk(&streams[i], size))) {
        close(streams[i].file);
        polls[i].fd = -1;
        open--;
      }
  }
}

static int serve(int listener, int count) {
  long bytes = 0;
  puts("listening");
  fflush(stdout);
  for (int i = 0; i < count; i++)
    if ((streams[i].file = accept(listener, 0, 0)) < 0) die("accept");
  run(count, -1);
  for (int i = 0; i < count; i++) bytes += streams[i].heard_bytes;
  printf("served %d with %ld bytes\n", count, bytes);
  return 0;
}

static int result(int count, long size) {
  int right = 0;
  for (int i = 0; i < count; i++)
    right += !streams[i].wrong && streams[i].heard_bytes == size && streams[i].heard_sum == streams[i].said_sum;
  printf("%d of %d echoed %ld bytes rightly\n", right, count, size);
  return right != count;
}

int main(int argc, char **argv) {
  struct rlimit files = { 2 * MOST, 2 * MOST };
  setrlimit(RLIMIT_NOFILE, &files);
  signal(SIGPIPE, SIG_IGN);
  int vsock = argc > 2 && !strcmp(argv[2], "vsock");
  int count = argc > 4 ? atoi(argv[argc == 5 ? 4 : 5]) : 1;
  if (count < 1 || count > MOST) return 2;
  if (argc == 5 && !strcmp(argv[1], "serve"))
    return serve(vsock ? open_vsock(VMADDR_CID_ANY, atoi(argv[3]), 1) : open_unix(argv[3], 1), count);
  if (argc == 3 && !strcmp(argv[1], "join")) {
    streams[0].file = open_unix(argv[2], 0);
    run(1, -1);
    return 0;
  }
  if (argc != 7 || strcmp(argv[1], "call")) return 2;
  for (int i = 0; i < count; i++) {
    streams[i].file = vsock ? open_vsock(atoi(argv[3]), atoi(argv[4]), 0) : open_through(argv[3], argv[4]);
    streams[i].said = streams[i].heard = 2463534242u + i;
  }
  run(count, atol(argv[6]));
  return result(count, atol(argv[6]));
}
