/*
 * Makes every flush of a disk take longer, to measure on a fast disk what a slower one would cost: by a millisecond, or by as many
 * microseconds as SLOW_FLUSH says.
 *
 *     cc -O2 -shared -fPIC -o target/slow_flush.so host/benches/slow_flush.c -ldl
 *     LD_PRELOAD=$PWD/target/slow_flush.so cargo bench --bench figures
 */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static void wait_a_while(void) {
    const char *microseconds = getenv("SLOW_FLUSH");
    struct timespec left = { .tv_sec = 0, .tv_nsec = (microseconds ? atol(microseconds) : 1000) * 1000 };
    while (nanosleep(&left, &left) != 0) {
    }
}

int fsync(int file) {
    int (*flush)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    wait_a_while();
    return flush(file);
}

int fdatasync(int file) {
    int (*flush)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
    wait_a_while();
    return flush(file);
}

int sync_file_range(int file, off64_t from, off64_t length, unsigned int flags) {
    int (*flush)(int, off64_t, off64_t, unsigned int) = (int (*)(int, off64_t, off64_t, unsigned int))dlsym(RTLD_NEXT, "sync_file_range");
    wait_a_while();
    return flush(file, from, length, flags);
}
