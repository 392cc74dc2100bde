#include "keeper.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "signals.h"

#ifndef SYS_close_range
#define SYS_close_range 436
#endif

namespace {
constexpr char kName[] = "keeper";

// This process's command line in memory: proc_pid_stat(5), fields 48 and 49.
struct CommandLine {
  char* begin = nullptr;
  char* end = nullptr;
};

CommandLine FindCommandLine() {
  CommandLine found;
  FILE* file = fopen("/proc/self/stat", "re");
  if (!file) return found;
  char text[2048] = {};
  if (fread(text, 1, sizeof text - 1, file) > 0) {
    char* at = strrchr(text, ')');  // the end of field 2; the name may have spaces
    for (int field = 2; at && field < 48; field++) at = strchr(at + 1, ' ');
    unsigned long begin = 0, end = 0;
    if (at && sscanf(at, "%lu %lu", &begin, &end) == 2 && end > begin)
      found = {reinterpret_cast<char*>(begin), reinterpret_cast<char*>(end)};
  }
  fclose(file);
  return found;
}

// ps and pgrep must not take the keeper for the process it's a copy of.
void Rename(const CommandLine& line) {
  prctl(PR_SET_NAME, kName);
  const size_t length = line.end - line.begin;
  if (length < sizeof kName) return;
  memset(line.begin, 0, length);
  memcpy(line.begin, kName, sizeof kName);
}

void CloseRange(unsigned first, unsigned last) {
  if (first > last || syscall(SYS_close_range, first, last, 0) == 0) return;
  struct rlimit limit = {};  // for kernels before 5.9
  getrlimit(RLIMIT_NOFILE, &limit);
  const unsigned most = limit.rlim_cur > 65536 ? 65536 : static_cast<unsigned>(limit.rlim_cur);
  for (unsigned fd = first; fd <= last && fd < most; fd++) close(static_cast<int>(fd));
}

// Held by the keeper too, a pipe would never come to its end of file: neither `life` nor others.
void CloseAllBut(int one, int other) {
  const unsigned low = one < other ? one : other, high = one < other ? other : one;
  if (low > 0) CloseRange(0, low - 1);
  CloseRange(low + 1, high - 1);
  CloseRange(high + 1, ~0U);
}

// Runs in a copy of this process with one thread: only native code, no allocation. In a session of
// its own: what's meant for the terminal's jobs, or for this process's group, isn't for it.
[[noreturn]] void Keep(int life, int pidfd, const CommandLine& line) {
  setsid();
  if (chdir("/") == -1) _exit(1);
  Rename(line);
  CloseAllBut(life, pidfd);
  char byte;
  while (read(life, &byte, 1) == -1 && errno == EINTR) {}
  syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, nullptr, 0);
  _exit(0);
}
}  // namespace

int Keeper::Start(int pidfd) {
  const CommandLine line = FindCommandLine();
  int life[2];
  if (pipe2(life, O_CLOEXEC) == -1) return errno;
  const SignalsBlocked inherited;
  // It ends without a signal: a SIGCHLD would be about none of the program's children.
  const auto pid = static_cast<pid_t>(syscall(SYS_clone, 0, nullptr, nullptr, nullptr, nullptr));
  if (pid == 0) Keep(life[0], pidfd, line);
  const int error = pid == -1 ? errno : 0;
  close(life[0]);
  life_ = life[1];
  pid_ = pid;
  if (error != 0) close(life_);
  return error;
}

void Keeper::Stop() {
  const pid_t pid = pid_.exchange(-1);
  if (pid == -1) return;
  kill(pid, SIGKILL);
  close(life_);  // ends it as well
  while (waitpid(pid, nullptr, __WALL) == -1 && errno == EINTR) {}
}
