// A library, to be preloaded, in which a system call of a process fails, or moves one byte only.
//
// FAILING_CALL="ROLE CALL ERRNO FIRST EVERY": in processes whose first argument is ROLE ("run",
// "internal-server", "internal-cell"), the call CALL fails with this errno (0: it is
// given one byte) at the FIRSTth time, and at each EVERYth after it (0: never again).
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

static char call[32];
static int error, first, every;
static atomic_int times;

__attribute__((constructor)) static void choose(void) {
  char role[32] = "", arguments[4096] = "";
  const char *said = getenv("FAILING_CALL");
  if (!said || sscanf(said, "%31s %31s %d %d %d", role, call, &error, &first, &every) != 5) return;
  FILE *file = fopen("/proc/self/cmdline", "r");
  const size_t size = file ? fread(arguments, 1, sizeof arguments - 1, file) : 0;
  if (file) fclose(file);
  const char *second = arguments + strlen(arguments) + 1;
  if (second >= arguments + size || strcmp(second, role) != 0) *call = 0;
}

static int is_due(const char *name) {
  if (strcmp(name, call) != 0) return 0;
  const int after = ++times - first;
  return after == 0 || (after > 0 && every > 0 && after % every == 0);
}

#define REAL(name) \
  static __typeof__(&name) real; \
  if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

// A call that may fail.
#define FAILS(type, name, parameters, arguments) \
  type name parameters {                         \
    REAL(name);                                  \
    if (is_due(#name)) {                         \
      errno = error;                             \
      return (type)-1;                           \
    }                                            \
    return real arguments;                       \
  }

// One that may fail, or move one byte of `size`.
#define FAILS_OR_CUTS(name, parameters, arguments) \
  ssize_t name parameters {                        \
    REAL(name);                                    \
    if (is_due(#name)) {                           \
      if (error == 0 && size > 1) size = 1;        \
      if (error != 0) {                            \
        errno = error;                             \
        return -1;                                 \
      }                                            \
    }                                              \
    return real arguments;                         \
  }

FAILS_OR_CUTS(write, (int fd, const void *data, size_t size), (fd, data, size))
FAILS_OR_CUTS(read, (int fd, void *data, size_t size), (fd, data, size))
FAILS_OR_CUTS(pwrite, (int fd, const void *data, size_t size, off_t at), (fd, data, size, at))
FAILS_OR_CUTS(send, (int fd, const void *data, size_t size, int flags), (fd, data, size, flags))
FAILS_OR_CUTS(recv, (int fd, void *data, size_t size, int flags), (fd, data, size, flags))
FAILS(ssize_t, sendmsg, (int fd, const struct msghdr *m, int flags), (fd, m, flags))
FAILS(ssize_t, recvmsg, (int fd, struct msghdr *m, int flags), (fd, m, flags))
FAILS(int, socket, (int domain, int type, int protocol), (domain, type, protocol))
FAILS(int, socketpair, (int domain, int type, int protocol, int ends[2]),
      (domain, type, protocol, ends))
FAILS(int, connect, (int fd, const struct sockaddr *to, socklen_t size), (fd, to, size))
FAILS(int, accept, (int fd, struct sockaddr *from, socklen_t *size), (fd, from, size))
FAILS(int, accept4, (int fd, struct sockaddr *from, socklen_t *size, int f), (fd, from, size, f))
FAILS(int, listen, (int fd, int backlog), (fd, backlog))
FAILS(int, poll, (struct pollfd *all, nfds_t count, int wait), (all, count, wait))
FAILS(int, epoll_create1, (int flags), (flags))
FAILS(int, epoll_wait, (int fd, struct epoll_event *to, int most, int wait), (fd, to, most, wait))
FAILS(int, memfd_create, (const char *name, unsigned flags), (name, flags))
FAILS(int, rename, (const char *from, const char *to), (from, to))
FAILS(int, fsync, (int fd), (fd))
FAILS(int, ftruncate, (int fd, off_t size), (fd, size))
FAILS(pid_t, fork, (void), ())
FAILS(void *, mmap, (void *at, size_t size, int protection, int flags, int fd, off_t from),
      (at, size, protection, flags, fd, from))

int open(const char *path, int flags, ...) {
  REAL(open);
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  if (is_due("open")) {
    errno = error;
    return -1;
  }
  return real(path, flags, mode);
}
