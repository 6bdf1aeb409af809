/* Loaded before the system's own library, it stands between a program and its files and makes them fail as it is told.
 * FAULTS_CONTROL names a file of one line, `FAULT PART`. Of files whose path has the part in it, calls then are
 *   short     written by a byte more than half, which the program is told
 *   full      written by half, and next time there is no space left
 *   unsynced  not synced, which the program is told
 *   killed    not synced, and the program is killed before it is told
 * FAULTS_LOG names a file that gets a line for each write and sync of a journal, for whoever wants to take away what no
 * sync has brought to the disk, as a power cut does. Compiled and loaded by tests alone. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static ssize_t raw_write(int fd, const void *from, size_t count) { return syscall(SYS_write, fd, from, count); }

static int path_of(int fd, char *path) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return path[0] == '/';
}

/* Whether the fault is in force for the file. */
static int is_struck(const char *path, const char *fault) {
    const char *name = getenv("FAULTS_CONTROL");
    int control = name ? open(name, O_RDONLY | O_CLOEXEC) : -1;
    if (control < 0) return 0;
    char line[PATH_MAX] = {0}, asked[16] = {0}, part[PATH_MAX] = {0};
    ssize_t length = syscall(SYS_read, control, line, sizeof line - 1);
    close(control);
    if (length <= 0 || sscanf(line, "%15s %4000s", asked, part) < 1) return 0;
    return strcmp(asked, fault) == 0 && strstr(path, part) != NULL;
}

static void tell(const char *path, const char *what, long long at, long long count) {
    const char *name = getenv("FAULTS_LOG");
    if (!name || !strstr(path, ".jnl")) return;
    int log = open(name, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (log < 0) return;
    char line[PATH_MAX + 80];
    int length = snprintf(line, sizeof line, "%s %lld %lld %s\n", what, at, count, path);
    raw_write(log, line, length);
    close(log);
}

/* How much of a write is done, 0 for nothing: the disk is full. */
static size_t allowed(const char *path, size_t count) {
    static __thread int is_cut = 0;
    if (is_struck(path, "full")) {
        is_cut = !is_cut && count > 1;
        return is_cut ? count / 2 : 0;
    }
    return count > 1 && is_struck(path, "short") ? count / 2 + 1 : count;
}

ssize_t write(int fd, const void *from, size_t count) {
    char path[PATH_MAX];
    if (count == 0 || !path_of(fd, path)) return raw_write(fd, from, count);
    size_t some = allowed(path, count);
    if (some == 0) {
        errno = ENOSPC;
        return -1;
    }
    long long at = lseek(fd, 0, SEEK_CUR);
    ssize_t done = raw_write(fd, from, some);
    if (done > 0) tell(path, "wrote", at, done);
    return done;
}

/* One part at a time is a short write, which programs must bear. */
ssize_t writev(int fd, const struct iovec *parts, int count) {
    return count > 0 ? write(fd, parts[0].iov_base, parts[0].iov_len) : 0;
}

ssize_t pwrite64(int fd, const void *from, size_t count, off64_t at) {
    char path[PATH_MAX];
    if (count == 0 || !path_of(fd, path)) return syscall(SYS_pwrite64, fd, from, count, at);
    size_t some = allowed(path, count);
    if (some == 0) {
        errno = ENOSPC;
        return -1;
    }
    ssize_t done = syscall(SYS_pwrite64, fd, from, some, at);
    if (done > 0) tell(path, "wrote", at, done);
    return done;
}

static int sync_with(long call, int fd) {
    char path[PATH_MAX];
    int is_known = path_of(fd, path);
    int is_last = is_known && is_struck(path, "killed");
    if (is_last || (is_known && is_struck(path, "unsynced"))) {
        tell(path, "failed", 0, 0);
        if (is_last) kill(getpid(), SIGKILL);
        errno = EIO;
        return -1;
    }
    int done = syscall(call, fd);
    if (is_known && done == 0) tell(path, "synced", 0, 0);
    return done;
}

int fsync(int fd) { return sync_with(SYS_fsync, fd); }
int fdatasync(int fd) { return sync_with(SYS_fdatasync, fd); }
