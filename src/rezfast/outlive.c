/* Removes a directory once another process has ended: by itself, killed, or as another program.
 *
 *     outlive PIDFD PATH
 *
 * PIDFD is an open file that stands for the process. This one returns as soon as a child of it looks
 * on, so that the process has no child of its own that it never started. Who looks on takes no part
 * in anything else: it has a session of its own, holds no other file and no directory, and ignores
 * signals that are meant for others. It is a program of its own because it may live for days: a copy
 * of the process would keep that one's memory. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* How often to try, and milliseconds in between: what the process had started may still write. */
enum { ATTEMPTS = 50, PAUSE = 100, HIGHEST_FILE = 4096 };

static DIR *listing(int parent, const char *name) {
    int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    int handle = openat(parent, name, flags);
    if (handle < 0 && errno == EACCES && fchmodat(parent, name, S_IRWXU, 0) == 0)
        /* a program took the right to list it away */
        handle = openat(parent, name, flags);
    return handle < 0 ? NULL : fdopendir(handle);
}

static void remove_tree(int parent, const char *name) {
    DIR *directory = listing(parent, name);
    if (directory == NULL)
        return;
    struct dirent *entry;
    int refused = 0;
    while ((entry = readdir(directory)) != NULL) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        int here = dirfd(directory);
        if (unlinkat(here, entry->d_name, 0) == 0)
            continue;
        if (errno == EACCES && !refused++ && fchmod(here, S_IRWXU) == 0 &&
            unlinkat(here, entry->d_name, 0) == 0)
            continue;
        if (errno == EISDIR || errno == EPERM)
            remove_tree(here, entry->d_name);
    }
    closedir(directory);
    unlinkat(parent, name, AT_REMOVEDIR);
}

static void close_files(unsigned first, unsigned last) {
#ifdef SYS_close_range
    if (first > last || syscall(SYS_close_range, first, last, 0) == 0)
        return;
#endif
    for (; first <= last && first < HIGHEST_FILE; first++)
        close(first);
}

static void look_on(int process, const char *path) {
    if (process > 0)
        close_files(0, process - 1);
    close_files(process + 1, ~0U);
    struct pollfd end = {process, POLLIN, 0};
    while (poll(&end, 1, -1) < 0 && errno == EINTR)
        ;
    struct stat found;
    for (int i = 0; i < ATTEMPTS; i++) {
        remove_tree(AT_FDCWD, path);
        if (lstat(path, &found) != 0)
            return;
        poll(NULL, 0, PAUSE);
    }
}

int main(int count, char **words) {
    if (count != 3 || chdir("/") != 0)
        return 2;
    static const int meant_for_others[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
    for (unsigned i = 0; i < sizeof meant_for_others / sizeof *meant_for_others; i++)
        signal(meant_for_others[i], SIG_IGN);
    setsid();
    pid_t child = fork();
    if (child == 0)
        look_on(atoi(words[1]), words[2]);
    return child < 0;
}
