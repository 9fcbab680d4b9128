/* blockload DEVICE: reads and writes a disk past the page cache, in order and at random, with one and with many requests under way,
 * and prints a line for each. The amounts are fixed: what differs is the time. Each load runs twice, and the second time counts: buffers are touched
 * for the first time in the first, a TD's bounce buffers among them, and a VMM may still compile itself. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <linux/fs.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { MAX_DEPTH = 32, MAX_SIZE = 256 << 10 };

struct load {
    const char *name;
    int write;
    int random;
    int size;  /* bytes of a request */
    int depth; /* requests under way */
    int count; /* requests in all */
};

static const struct load loads[] = {
    { "seq-read", 0, 0, 256 << 10, 8, 512 },
    { "seq-write", 1, 0, 256 << 10, 8, 512 },
    { "rand-read-1", 0, 1, 4 << 10, 1, 1000 },
    { "rand-write-1", 1, 1, 4 << 10, 1, 1000 },
    { "rand-read-32", 0, 1, 4 << 10, 32, 4000 },
    { "rand-write-32", 1, 1, 4 << 10, 32, 4000 },
};

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

/* xorshift64: the same places in every run. */
static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* Returns the seconds that it took. */
static double run(int disk, uint64_t disk_size, const struct load *load, char *buffers)
{
    aio_context_t context = 0;
    struct iocb requests[MAX_DEPTH];
    struct io_event events[MAX_DEPTH];
    uint64_t places = disk_size / load->size, state = 88172645463325252ull;
    int started = 0, ended = 0;

    if (syscall(SYS_io_setup, MAX_DEPTH, &context) < 0)
        die("io_setup");
    double begun = now();
    for (int got = load->depth; ended < load->count; ended += got) {
        struct iocb *batch[MAX_DEPTH];
        int count = 0;
        for (int i = 0; i < got && started < load->count; i++, started++) {
            /* At first every place for a request is free; later the places of those that have ended are. */
            int slot = started < load->depth ? started : (int)events[i].data;
            struct iocb *one = &requests[slot];
            memset(one, 0, sizeof *one);
            one->aio_data = slot;
            one->aio_lio_opcode = load->write ? IOCB_CMD_PWRITE : IOCB_CMD_PREAD;
            one->aio_fildes = disk;
            one->aio_buf = (uintptr_t)(buffers + (size_t)slot * MAX_SIZE);
            one->aio_nbytes = load->size;
            one->aio_offset = (load->random ? next_random(&state) % places : (uint64_t)started % places) * load->size;
            batch[count++] = one;
        }
        if (count && syscall(SYS_io_submit, context, count, batch) != count)
            die("io_submit");
        got = syscall(SYS_io_getevents, context, 1, MAX_DEPTH, events, NULL);
        if (got < 0)
            die("io_getevents");
        for (int i = 0; i < got; i++)
            if (events[i].res != load->size)
                errno = -events[i].res, die(load->name);
    }
    double seconds = now() - begun;
    syscall(SYS_io_destroy, context);
    return seconds;
}

int main(int argc, char **argv)
{
    int disk = open(argv[argc - 1], O_RDWR | O_DIRECT);
    uint64_t size;
    char *buffers;
    if (disk < 0 || ioctl(disk, BLKGETSIZE64, &size) < 0)
        die(argv[argc - 1]);
    if (posix_memalign((void **)&buffers, 4096, (size_t)MAX_DEPTH * MAX_SIZE))
        die("memory");
    memset(buffers, 0x5A, (size_t)MAX_DEPTH * MAX_SIZE);
    for (const struct load *load = loads; load < loads + sizeof loads / sizeof *loads; load++) {
        run(disk, size, load, buffers);
        double seconds = run(disk, size, load, buffers);
        printf("VMM-LANE: load %s %.2f MiB/s %.0f IO/s\n", load->name, (double)load->count * load->size / seconds / (1 << 20), load->count / seconds);
        fflush(stdout);
    }
    return 0;
}
