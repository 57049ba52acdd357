/* Stands between a process and its disk and clock, and makes them fail as they do in the world. Loaded with LD_PRELOAD; what it does is
 * said in the environment:
 *
 *   SHIM_FOLDER   only files below this folder are meant.
 *   SHIM_FAIL     the number of the call (a write, a flush, a change of size) that fails with EIO, counted from 1.
 *   SHIM_COUNT    a file in which the number of calls is left at the end.
 *   SHIM_BROKEN   as long as this file is there, every flush fails with EIO.
 *   SHIM_ROOM     a file with the number of bytes that all files of the folder together may have; no limit while it is not there.
 *   SHIM_LEAP     a file with the number of seconds by which the clock of the machine is wrong.
 *
 * A line on standard output that begins with "acknowledged" while something in the log is not flushed ends the process with
 * SIGABRT. */

#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#define REAL(name, type) ({ static type real; if (!real) real = (type)dlsym(RTLD_NEXT, name); real; })

typedef ssize_t (*write_type)(int, const void *, size_t);
typedef ssize_t (*pwrite_type)(int, const void *, size_t, off_t);
typedef int (*sync_type)(int);
typedef int (*truncate_type)(int, off_t);
typedef int (*clock_type)(clockid_t, struct timespec *);
typedef int (*close_type)(int);

#define FILES 1024
static atomic_int dirty[FILES];
static atomic_long calls;

/* The path of an open file below the folder; NULL if it is elsewhere. */
static const char *path_of(int fd, char *path) {
    const char *folder = getenv("SHIM_FOLDER");
    char link[64];
    if (!folder) return NULL;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, 4095);
    if (length < 0) return NULL;
    path[length] = 0;
    return strncmp(path, folder, strlen(folder)) == 0 ? path : NULL;
}

static int ends_with(const char *path, const char *end) {
    size_t length = strlen(path), tail = strlen(end);
    return length >= tail && strcmp(path + length - tail, end) == 0;
}

/* A number from a file; `otherwise` while it is not there. */
static long long number_in(const char *variable, long long otherwise) {
    const char *name = getenv(variable);
    if (!name) return otherwise;
    int fd = open(name, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return otherwise;
    char text[32];
    ssize_t length = read(fd, text, sizeof text - 1);
    close(fd);
    if (length <= 0) return otherwise;
    text[length] = 0;
    return atoll(text);
}

/* Is it this call's turn to fail? */
static int fails(void) {
    const char *which = getenv("SHIM_FAIL");
    long number = atomic_fetch_add(&calls, 1) + 1;
    return which && number == atol(which);
}

__attribute__((destructor)) static void leave_count(void) {
    const char *name = getenv("SHIM_COUNT");
    FILE *file = name ? fopen(name, "w") : NULL;
    if (!file) return;
    fprintf(file, "%ld", atomic_load(&calls));
    fclose(file);
}

static long long used(void) {
    const char *folder = getenv("SHIM_FOLDER");
    DIR *entries = opendir(folder);
    long long sum = 0;
    struct dirent *entry;
    struct stat file;
    if (!entries) return 0;
    while ((entry = readdir(entries)))
        if (fstatat(dirfd(entries), entry->d_name, &file, 0) == 0 && S_ISREG(file.st_mode)) sum += file.st_size;
    closedir(entries);
    return sum;
}

/* Is there room to write so much at this place? */
static int has_room(int fd, size_t count, off_t offset) {
    struct stat file;
    long long room = number_in("SHIM_ROOM", -1);
    if (room < 0 || fstat(fd, &file) != 0 || (long long)offset + (long long)count <= (long long)file.st_size) return 1;
    return used() + ((long long)offset + (long long)count - (long long)file.st_size) <= room;
}

/* What stands in the way of a write; 0 if nothing does. */
static int obstacle(int fd, size_t count, off_t offset) {
    char path[4096];
    if (!path_of(fd, path)) return 0;
    if (fails()) return EIO;
    if (!has_room(fd, count, offset)) return ENOSPC;
    if (fd < FILES && ends_with(path, "-wal")) atomic_store(&dirty[fd], 1);
    return 0;
}

static void check_acknowledgement(const void *bytes, size_t count) {
    if (count < 12 || memcmp(bytes, "acknowledged", 12) != 0) return;
    for (int fd = 0; fd < FILES; fd++)
        if (atomic_load(&dirty[fd])) abort();
}

ssize_t write(int fd, const void *bytes, size_t count) {
    write_type real = REAL("write", write_type);
    if (fd == 1) check_acknowledgement(bytes, count);
    if (fd > 2) {
        int why = obstacle(fd, count, lseek(fd, 0, SEEK_CUR));
        if (why) { errno = why; return -1; }
    }
    return real(fd, bytes, count);
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t offset) {
    int why = obstacle(fd, count, offset);
    if (why) { errno = why; return -1; }
    return REAL("pwrite", pwrite_type)(fd, bytes, count, offset);
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off_t offset) { return pwrite(fd, bytes, count, offset); }

static int flush(int fd, sync_type real) {
    char path[4096];
    if (path_of(fd, path)) {
        const char *broken = getenv("SHIM_BROKEN");
        if (fails() || (broken && access(broken, F_OK) == 0)) { errno = EIO; return -1; }
    }
    int done = real(fd);
    if (done == 0 && fd >= 0 && fd < FILES) atomic_store(&dirty[fd], 0);
    return done;
}

int fsync(int fd) { return flush(fd, REAL("fsync", sync_type)); }
int fdatasync(int fd) { return flush(fd, REAL("fdatasync", sync_type)); }

int ftruncate(int fd, off_t length) {
    char path[4096];
    if (path_of(fd, path) && fails()) { errno = EIO; return -1; }
    return REAL("ftruncate", truncate_type)(fd, length);
}

int ftruncate64(int fd, off_t length) { return ftruncate(fd, length); }

int close(int fd) {
    if (fd >= 0 && fd < FILES) atomic_store(&dirty[fd], 0);
    return REAL("close", close_type)(fd);
}

int clock_gettime(clockid_t clock, struct timespec *time) {
    int done = REAL("clock_gettime", clock_type)(clock, time);
    if (done == 0 && clock == CLOCK_REALTIME) time->tv_sec += number_in("SHIM_LEAP", 0);
    return done;
}
