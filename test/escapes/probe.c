// What a shell can not try by itself: the system calls of the isolation probes. Each prints what it saw.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/perf_event.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/swap.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <sys/un.h>
#include <unistd.h>

static int say(const char *act, long result) {
  printf("%s: %s\n", act, result < 0 ? strerrorname_np(errno) : "done");
  return 0;
}

static int print_file(int fd) {
  char text[256] = {0};
  if (read(fd, text, sizeof text - 1) < 0) return say("read", -1);
  printf("read: %s\n", text);
  return 0;
}

union handle {
  struct file_handle head;
  char room[sizeof(struct file_handle) + MAX_HANDLE_SZ];
};

// handle FILE: what name_to_handle_at(2) answers. An attacker guesses it: the root of an ext4 is inode 2.
static int handle(const char *file) {
  union handle h = {.head = {.handle_bytes = MAX_HANDLE_SZ}};
  int mount;
  if (name_to_handle_at(AT_FDCWD, file, &h.head, &mount, 0) < 0) return say("handle", -1);
  printf("%d.", h.head.handle_type);
  for (unsigned i = 0; i < h.head.handle_bytes; i++) printf("%02x", h.head.f_handle[i]);
  puts("");
  return 0;
}

// by-handle HANDLE: reads the file, through the file system that / or the standard input lies on.
static int by_handle(const char *text) {
  union handle h = {0};
  char *hex;
  h.head.handle_type = strtol(text, &hex, 10);
  for (hex++; sscanf(hex, "%2hhx", &h.head.f_handle[h.head.handle_bytes]) == 1; hex += 2) h.head.handle_bytes++;
  int fd = open_by_handle_at(open("/", O_RDONLY), &h.head, O_RDONLY);
  if (fd < 0) fd = open_by_handle_at(0, &h.head, O_RDONLY);
  return fd < 0 ? say("open_by_handle_at", fd) : print_file(fd);
}

static int socket_named(const char *name, struct sockaddr_un *address, socklen_t *size) {
  *address = (struct sockaddr_un){.sun_family = AF_UNIX};
  strncpy(address->sun_path + 1, name, sizeof address->sun_path - 2);
  *size = offsetof(struct sockaddr_un, sun_path) + 1 + strlen(name);
  return socket(AF_UNIX, SOCK_STREAM, 0);
}

// listen NAME: an abstract socket that greets whoever comes.
static int listen_at(const char *name) {
  struct sockaddr_un address;
  socklen_t size;
  int fd = socket_named(name, &address, &size);
  if (bind(fd, (struct sockaddr *)&address, size) || listen(fd, 8)) return say("listen", -1);
  puts("ready");
  fflush(stdout);
  for (int client; (client = accept(fd, NULL, NULL)) >= 0; close(client))
    if (write(client, "hello", 5) < 0) return 1;
  return 1;
}

// connect NAME
static int connect_to(const char *name) {
  struct sockaddr_un address;
  socklen_t size;
  int fd = socket_named(name, &address, &size);
  if (connect(fd, (struct sockaddr *)&address, size) < 0) return say("connect", -1);
  return print_file(fd);
}

// key add|read|remove NAME [VALUE]: in the keyring of the user.
static int key(const char *act, const char *name, const char *value) {
  const int user = -4;  // KEY_SPEC_USER_KEYRING
  if (!strcmp(act, "add")) return say("add_key", syscall(SYS_add_key, "user", name, value, strlen(value), user));
  long id = syscall(SYS_keyctl, 10 /* SEARCH */, user, "user", name, 0);
  if (id < 0) return say("keyctl", id);
  if (!strcmp(act, "remove")) return say("keyctl", syscall(SYS_keyctl, 9 /* UNLINK */, id, user));
  char text[256] = {0};
  if (syscall(SYS_keyctl, 11 /* READ */, id, text, sizeof text - 1) < 0) return say("keyctl", -1);
  printf("read: %s\n", text);
  return 0;
}

// overwrite: opens descriptor 9, which was opened for reading, again for writing. The kernel refuses that as long as
// the program is executed anywhere (ETXTBSY); access() tells whether anything else stands in the way.
static int overwrite(void) {
  struct stat file;
  if (fstat(9, &file)) return say("descriptor 9", -1);
  printf("holds %lu:%lu\n", (unsigned long)file.st_dev, (unsigned long)file.st_ino);
  if (access("/proc/self/fd/9", W_OK)) return say("access", -1);
  int fd = open("/proc/self/fd/9", O_WRONLY);
  if (fd < 0 && errno != ETXTBSY) return say("open", fd);
  return say("overwrite", 0);
}

// type WORDS: puts a line into the terminal's input, as if it had been typed there.
static int type(const char *words) {
  for (; *words; words++)
    if (ioctl(0, TIOCSTI, words) < 0) return say("TIOCSTI", -1);
  return say("TIOCSTI", ioctl(0, TIOCSTI, "\n"));
}

// shutdown: of the file system of the standard input, in a way that there isn't.
static int shut_down(void) {
  uint32_t way = 99;
  return say("FS_IOC_SHUTDOWN", ioctl(0, _IOR('X', 125, uint32_t), &way));
}

// In each way that there is; the child's answer is its exit status.
static int make_user_namespace(void) {
  struct {
    uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls;
  } args = {.flags = CLONE_NEWUSER, .exit_signal = SIGCHLD};
  long child = syscall(SYS_clone3, &args, sizeof args);
  if (child == 0) _exit(0);
  say("clone3", child);
#ifdef __x86_64__
  child = syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0);
  if (child == 0) _exit(0);
  say("clone", child);
#endif
  return say("unshare", unshare(CLONE_NEWUSER));
}

// The others ask first whether one may, and then find nothing to do: nothing of the host changes.
static int call(const char *name) {
  if (!strcmp(name, "module")) return say("finit_module", syscall(SYS_finit_module, -1, "", 0));
  if (!strcmp(name, "kexec")) return say("kexec_file_load", syscall(SYS_kexec_file_load, -1, -1, 0UL, "", ~0UL));
  if (!strcmp(name, "swapoff")) return say("swapoff", swapoff("/no/such"));
  if (!strcmp(name, "acct")) return say("acct", acct("/no/such"));
  if (!strcmp(name, "userns")) return make_user_namespace();
  if (!strcmp(name, "fanotify")) return say("fanotify_init", syscall(SYS_fanotify_init, 4 /* FAN_CLASS_CONTENT */, 0));
  // A socket that is there says so; a family that this kernel lacks is EAFNOSUPPORT.
  if (!strcmp(name, "vsock")) return say("socket", socket(AF_VSOCK, SOCK_STREAM, 0));
  if (!strcmp(name, "alg")) return say("socket", socket(AF_ALG, SOCK_SEQPACKET, 0));
  // The file system of /proc can't be frozen: with the capability it is EOPNOTSUPP.
  if (!strcmp(name, "freeze")) return say("FIFREEZE", ioctl(open("/proc", O_RDONLY), FIFREEZE, 0));
  if (!strcmp(name, "userfaultfd")) return say("userfaultfd", syscall(SYS_userfaultfd, 1 /* USER_MODE_ONLY */));
  if (!strcmp(name, "clock")) {
    struct timex wrong = {.modes = ADJ_TICK, .tick = 1};
    return say("adjtimex", adjtimex(&wrong));
  }
  char room[256] = {0};
  if (!strcmp(name, "bpf")) return say("bpf", syscall(SYS_bpf, 11 /* PROG_GET_NEXT_ID */, room, 16));
  if (!strcmp(name, "io_uring")) return say("io_uring_setup", syscall(SYS_io_uring_setup, 1, room));
  if (!strcmp(name, "perf")) {
    struct perf_event_attr attr = {.type = PERF_TYPE_SOFTWARE, .size = sizeof attr};
    return say("perf_event_open", syscall(SYS_perf_event_open, &attr, -1, 0, -1, 0UL));
  }
  return 2;
}

int main(int argc, char **argv) {
  const char *act = argc > 1 ? argv[1] : "";
  const char *word = argc > 2 ? argv[2] : "";
  if (!strcmp(act, "handle")) return handle(word);
  if (!strcmp(act, "by-handle")) return by_handle(word);
  if (!strcmp(act, "listen")) return listen_at(word);
  if (!strcmp(act, "connect")) return connect_to(word);
  if (!strcmp(act, "key") && argc > 3) return key(word, argv[3], argc > 4 ? argv[4] : "");
  if (!strcmp(act, "overwrite")) return overwrite();
  if (!strcmp(act, "type")) return type(word);
  if (!strcmp(act, "shutdown")) return shut_down();
  if (call(act) == 0) return 0;
  fprintf(stderr, "usage: probe handle|by-handle|listen|connect|key|overwrite|type|shutdown …, or the name of a call\n");
  return 2;
}
