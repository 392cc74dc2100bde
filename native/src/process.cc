#include "process.h"

#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstring>

namespace {
// A signal set of /proc/PID/status, such as SigCgt; all bits if it can't be read.
uint64_t SignalSet(const char* status, const char* name) {
  const char* line = strstr(status, name);
  unsigned long long set = ~0ULL;
  if (line) sscanf(line + strlen(name), " %llx", &set);
  return set;
}

// Reads the beginning of a file in /proc/PID. Returns the length, or -1 if it can't be opened.
ssize_t ReadProc(pid_t pid, const char* name, char* into, size_t size) {
  char path[32];
  snprintf(path, sizeof path, "/proc/%d/%s", pid, name);
  FILE* file = fopen(path, "re");
  if (!file) return -1;
  const size_t got = fread(into, 1, size, file);
  fclose(file);
  return static_cast<ssize_t>(got);
}

// What it handles or ignores, and also blocks; all if that can't be read.
uint64_t KeptSignals(pid_t pid, bool blocked) {
  char status[8192];
  const ssize_t got = ReadProc(pid, "status", status, sizeof status - 1);
  if (got == -1) return ~0ULL;
  status[got] = '\0';
  const uint64_t kept = SignalSet(status, "SigCgt:") | SignalSet(status, "SigIgn:");
  return blocked ? kept | SignalSet(status, "SigBlk:") : kept;
}

bool Has(uint64_t set, int signal) { return set >> (signal - 1) & 1; }
}  // namespace

bool HasDefaultAction(pid_t pid, int signal) { return !Has(KeptSignals(pid, true), signal); }

bool KnowsWhatToDo(pid_t pid, int signal) { return Has(KeptSignals(pid, false), signal); }

// During execve, while the kernel frees Node's memory, the command line is empty: /proc then still
// lists Node's handlers, but none of them will run.
bool IsStarting(pid_t pid) {
  constexpr char kReexecuted[] = "/proc/self/exe";
  char argv0[sizeof kReexecuted] = {};
  const ssize_t got = ReadProc(pid, "cmdline", argv0, sizeof argv0);
  if (got == 0) return true;
  return got == ssize_t{sizeof argv0} && memcmp(argv0, kReexecuted, sizeof argv0) == 0;
}

std::string PidNamespace(pid_t pid) {
  char path[32], name[32];
  snprintf(path, sizeof path, "/proc/%d/ns/pid", pid);
  const ssize_t got = readlink(path, name, sizeof name);
  return got == -1 ? "" : std::string(name, got);
}
