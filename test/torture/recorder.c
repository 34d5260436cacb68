/*
 * Loaded in front of the C library (LD_PRELOAD): writes down, in order, everything that a process does to the files of
 * one folder, and what it says on its standard output. The replayer in disk-model.ts rebuilds from it what a disk may
 * hold when the power goes. TILLSIDE_RECORD names the log, TILLSIDE_RECORD_FOLDER the folder.
 *
 * A line per call, fields separated by one space, the path last; a write is followed by its bytes:
 *   O fd created truncated path | D fd path | C fd | W fd offset length | T fd size | F fd | U path | R from<TAB>to
 *   M path | A length | X name
 *
 * It can also play a disk that fails. TILLSIDE_FAULT, which the process may change at any time, says what happens to the
 * files of the folder: "KIND NUMBER MANNER ROUND", where KIND is `write` or `sync`, NUMBER the call that fails, counted
 * from the last change, MANNER is
 *   once      that call alone          short     half of it is written, and every later one fails
 *   staying   it and every later one   released  the same, until a file is cut to nothing
 *   count     no call; TILLSIDE_FIRED gets the number of calls
 * and ROUND only makes two faults differ. The file TILLSIDE_FIRED is made when a call fails; it says `folder` when that
 * was the flush of a folder.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define MOST_FILES 4096

static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
static int record_fd = -1;
/* Whether there is a folder to look at. */
static int is_on = 0;
static const char *folder;
static size_t folder_length;
static char tracked[MOST_FILES];

static void emit(const void *bytes, size_t length) {
  if (record_fd < 0) return;
  const char *next = bytes;
  while (length > 0) {
    /* The raw call, so that the recorder does not record itself. */
    long written = syscall(SYS_write, record_fd, next, length);
    if (written < 0) {
      if (errno == EINTR) continue;
      abort();
    }
    next += written;
    length -= (size_t)written;
  }
}

static void note(const char *format, ...) {
  if (record_fd < 0) return;
  char line[8192];
  va_list rest;
  va_start(rest, format);
  int length = vsnprintf(line, sizeof line, format, rest);
  va_end(rest);
  if (length < 0 || (size_t)length >= sizeof line) abort();
  emit(line, (size_t)length);
}

__attribute__((constructor)) static void begin(void) {
  const char *file = getenv("TILLSIDE_RECORD");
  folder = getenv("TILLSIDE_RECORD_FOLDER");
  if (!folder) return;
  folder_length = strlen(folder);
  is_on = 1;
  if (!file) return;
  record_fd = (int)syscall(SYS_openat, AT_FDCWD, file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (record_fd < 0) abort();
}

/* The shared index of the WAL lives in memory: after a power cut it is made anew. */
static int is_ours(const char *path) {
  if (!is_on || !path || strncmp(path, folder, folder_length) != 0) return 0;
  size_t length = strlen(path);
  return !(length > 4 && strcmp(path + length - 4, "-shm") == 0);
}

static int is_tracked(int fd) { return is_on && fd >= 0 && fd < MOST_FILES && tracked[fd]; }

#define REAL(type, name, ...) \
  static type (*real)(__VA_ARGS__); \
  if (!real) real = (type (*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

/* The fault that is set, and how far it has come. All of it under `turn`. */
static struct {
  char text[128];
  char kind[16];
  char manner[16];
  long number;
  long calls;
  int lifted;
} fault;

static void say_fired(int is_folder) {
  const char *file = getenv("TILLSIDE_FIRED");
  if (!file) return;
  int fd = (int)syscall(SYS_openat, AT_FDCWD, file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  char text[32];
  int length = snprintf(text, sizeof text, "%ld%s", fault.calls, is_folder ? " folder" : "");
  if (fd < 0 || syscall(SYS_write, fd, text, (size_t)length) < 0) abort();
  syscall(SYS_close, fd);
}

/* Counts a call of a kind; 1 when it fails, 2 when it is the one that is cut short. */
static int fails(const char *kind, int fd) {
  const char *text = getenv("TILLSIDE_FAULT");
  if (!text || !*text) return 0;
  if (strcmp(text, fault.text) != 0) {
    memset(&fault, 0, sizeof fault);
    snprintf(fault.text, sizeof fault.text, "%s", text);
    if (sscanf(text, "%15s %ld %15s", fault.kind, &fault.number, fault.manner) != 3) abort();
  }
  if (strcmp(kind, fault.kind) != 0) return 0;
  fault.calls += 1;
  if (strcmp(fault.manner, "count") == 0) {
    say_fired(0);
    return 0;
  }
  if (fault.calls < fault.number || fault.lifted) return 0;
  struct stat now;
  if (fault.calls == fault.number) say_fired(fd >= 0 && fstat(fd, &now) == 0 && S_ISDIR(now.st_mode));
  if (strcmp(fault.manner, "once") == 0) return fault.calls == fault.number;
  if (strcmp(fault.manner, "short") == 0 && fault.calls == fault.number) return 2;
  return 1;
}

static int opened(int (*call)(const char *, int, mode_t), const char *path, int flags, mode_t mode) {
  if (!is_ours(path)) return call(path, flags, mode);
  pthread_mutex_lock(&turn);
  struct stat before;
  int existed = stat(path, &before) == 0;
  if (!existed && (flags & O_CREAT) && fails("write", -1)) {
    pthread_mutex_unlock(&turn);
    errno = ENOSPC;
    return -1;
  }
  int fd = call(path, flags, mode);
  int kept = errno;
  if (fd >= MOST_FILES) abort();
  if (fd >= 0) {
    struct stat now;
    tracked[fd] = 1;
    if (fstat(fd, &now) == 0 && S_ISDIR(now.st_mode)) note("D %d %s\n", fd, path);
    else note("O %d %d %d %s\n", fd, !existed, (flags & O_TRUNC) != 0, path);
  }
  errno = kept;
  pthread_mutex_unlock(&turn);
  return fd;
}

#define MODE_OF(flags) \
  mode_t mode = 0; \
  if ((flags) & O_CREAT) { \
    va_list rest; \
    va_start(rest, flags); \
    mode = (mode_t)va_arg(rest, int); \
    va_end(rest); \
  }

static int real_open(const char *path, int flags, mode_t mode) {
  REAL(int, "open", const char *, int, ...);
  return real(path, flags, mode);
}
int open(const char *path, int flags, ...) { MODE_OF(flags) return opened(real_open, path, flags, mode); }
static int real_open64(const char *path, int flags, mode_t mode) {
  REAL(int, "open64", const char *, int, ...);
  return real(path, flags, mode);
}
int open64(const char *path, int flags, ...) { MODE_OF(flags) return opened(real_open64, path, flags, mode); }

int close(int fd) {
  REAL(int, "close", int);
  if (!is_tracked(fd)) return real(fd);
  pthread_mutex_lock(&turn);
  tracked[fd] = 0;
  note("C %d\n", fd);
  int result = real(fd);
  int kept = errno;
  pthread_mutex_unlock(&turn);
  errno = kept;
  return result;
}

static void wrote(int fd, const void *bytes, long long offset, ssize_t written) {
  if (written <= 0) return;
  if (fd == 1) note("A %zd\n", written);
  else note("W %d %lld %zd\n", fd, offset, written);
  emit(bytes, (size_t)written);
}

ssize_t write(int fd, const void *bytes, size_t length) {
  REAL(ssize_t, "write", int, const void *, size_t);
  if (!is_on || (fd != 1 && !is_tracked(fd))) return real(fd, bytes, length);
  pthread_mutex_lock(&turn);
  int failing = fd == 1 ? 0 : fails("write", fd);
  if (failing == 1) {
    pthread_mutex_unlock(&turn);
    errno = ENOSPC;
    return -1;
  }
  if (failing == 2) length = (length + 1) / 2;
  long long offset = fd == 1 ? 0 : lseek(fd, 0, SEEK_CUR);
  ssize_t written = real(fd, bytes, length);
  int kept = errno;
  wrote(fd, bytes, offset, written);
  pthread_mutex_unlock(&turn);
  errno = kept;
  return written;
}

#define POSITIONED(name) \
  ssize_t name(int fd, const void *bytes, size_t length, off_t offset) { \
    REAL(ssize_t, #name, int, const void *, size_t, off_t); \
    if (!is_tracked(fd)) return real(fd, bytes, length, offset); \
    pthread_mutex_lock(&turn); \
    int failing = fails("write", fd); \
    if (failing == 1) { \
      pthread_mutex_unlock(&turn); \
      errno = ENOSPC; \
      return -1; \
    } \
    if (failing == 2) length = (length + 1) / 2; \
    ssize_t written = real(fd, bytes, length, offset); \
    int kept = errno; \
    wrote(fd, bytes, offset, written); \
    pthread_mutex_unlock(&turn); \
    errno = kept; \
    return written; \
  }
POSITIONED(pwrite)
POSITIONED(pwrite64)

#define NOTED(name, type, argument, ...) \
  int name(int fd __VA_ARGS__) { \
    REAL(int, #name, int type); \
    if (!is_tracked(fd)) return real(fd argument); \
    pthread_mutex_lock(&turn); \
    int result = real(fd argument); \
    int kept = errno;
#define NOTED_END \
    pthread_mutex_unlock(&turn); \
    errno = kept; \
    return result; \
  }
#define COMMA ,
#define FLUSHED \
    if (fails("sync", fd)) { \
      note("Z %d\n", fd); \
      kept = EIO; \
      result = -1; \
    } else if (result == 0) note("F %d\n", fd);
#define CUT \
    if (result == 0) note("T %d %lld\n", fd, (long long)size); \
    if (result == 0 && size == 0 && fault.calls >= fault.number && strcmp(fault.manner, "released") == 0) fault.lifted = 1;
NOTED(fsync, , , ) FLUSHED NOTED_END
NOTED(fdatasync, , , ) FLUSHED NOTED_END
NOTED(ftruncate, COMMA off_t, COMMA size, COMMA off_t size) CUT NOTED_END
NOTED(ftruncate64, COMMA off_t, COMMA size, COMMA off_t size) CUT NOTED_END

int unlink(const char *path) {
  REAL(int, "unlink", const char *);
  if (!is_ours(path)) return real(path);
  pthread_mutex_lock(&turn);
  int result = real(path);
  int kept = errno;
  if (result == 0) note("U %s\n", path);
  pthread_mutex_unlock(&turn);
  errno = kept;
  return result;
}

int unlinkat(int directory, const char *path, int flags) {
  REAL(int, "unlinkat", int, const char *, int);
  int result = real(directory, path, flags);
  int kept = errno;
  if (result == 0 && is_ours(path)) note("U %s\n", path);
  errno = kept;
  return result;
}

int rename(const char *from, const char *to) {
  REAL(int, "rename", const char *, const char *);
  if (!is_ours(from) && !is_ours(to)) return real(from, to);
  pthread_mutex_lock(&turn);
  int result = real(from, to);
  int kept = errno;
  if (result == 0) note("R %s\t%s\n", from, to);
  pthread_mutex_unlock(&turn);
  errno = kept;
  return result;
}

int mkdir(const char *path, mode_t mode) {
  REAL(int, "mkdir", const char *, mode_t);
  if (!is_ours(path)) return real(path, mode);
  pthread_mutex_lock(&turn);
  int result = real(path, mode);
  int kept = errno;
  if (result == 0) note("M %s\n", path);
  pthread_mutex_unlock(&turn);
  errno = kept;
  return result;
}

/* Calls that the replayer does not know. Saying so is better than an image that misses something. */
ssize_t writev(int fd, const struct iovec *parts, int count) {
  REAL(ssize_t, "writev", int, const struct iovec *, int);
  if (is_tracked(fd)) note("X writev\n");
  return real(fd, parts, count);
}
ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t offset) {
  REAL(ssize_t, "pwritev", int, const struct iovec *, int, off_t);
  if (is_tracked(fd)) note("X pwritev\n");
  return real(fd, parts, count, offset);
}
int fallocate(int fd, int mode, off_t offset, off_t length) {
  REAL(int, "fallocate", int, int, off_t, off_t);
  if (is_tracked(fd)) note("X fallocate\n");
  return real(fd, mode, offset, length);
}
