// Waiting for a child on a thread of its own, which also sees to it that a signal has its effect.
#include <dirent.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <string>
#include <system_error>
#include <thread>

#include "signals.h"
#include "spawn.h"

#ifndef P_PIDFD
#define P_PIDFD 3
#endif

namespace {
constexpr int kGraceMs = 2000;
constexpr int kLookMs = 10;    // how soon it is noticed that the command has begun
constexpr int kYoungMs = 500;  // in which a command may not have set its handlers yet
constexpr int64_t kNever = -1;

// The thread may outlive the JavaScript environment, when process.exit() is called while a child runs.
struct Environment {
  std::mutex mutex;
  bool alive = true;
};

void Send(const Child& child, int signal) { syscall(SYS_pidfd_send_signal, child.pidfd, signal, nullptr, 0); }

// A signal set of /proc/PID/status, such as SigCgt; all bits where it can't be read.
uint64_t SignalSet(const char* status, const char* name) {
  const char* line = strstr(status, name);
  unsigned long long set = ~0ULL;
  if (line) sscanf(line + strlen(name), " %llx", &set);
  return set;
}

// Reads the beginning of a file of /proc/PID: how much of it, or -1 where it can't be opened.
ssize_t ReadProc(pid_t pid, const char* name, char* into, size_t size) {
  char path[32];
  snprintf(path, sizeof path, "/proc/%d/%s", pid, name);
  FILE* file = fopen(path, "re");
  if (!file) return -1;
  const size_t got = fread(into, 1, size, file);
  fclose(file);
  return static_cast<ssize_t>(got);
}

// Whether the process neither handles nor ignores nor blocks the signal.
bool HasDefaultAction(pid_t pid, int signal) {
  char status[8192];
  const ssize_t got = ReadProc(pid, "status", status, sizeof status - 1);
  if (got == -1) return false;
  status[got] = '\0';
  const uint64_t kept = SignalSet(status, "SigCgt:") | SignalSet(status, "SigIgn:") | SignalSet(status, "SigBlk:");
  return !(kept >> (signal - 1) & 1);
}

// Whether it is still this program, re-executed, on its way to become the command. Node meets such a signal by raising
// it again for itself, which the kernel keeps from a PID 1: it would be lost. In the midst of execve, for as long as
// Node's memory takes to be freed, the command line is empty: Node's handlers still show then, and none will run.
bool IsStarting(pid_t pid) {
  constexpr char kReexecuted[] = "/proc/self/exe";
  char argv0[sizeof kReexecuted] = {};
  const ssize_t got = ReadProc(pid, "cmdline", argv0, sizeof argv0);
  return got == 0 || (got == ssize_t{sizeof argv0} && memcmp(argv0, kReexecuted, sizeof argv0) == 0);
}

bool Ends(int signal) { return signal == SIGINT || signal == SIGQUIT || signal == SIGTERM || signal == SIGHUP; }

// Milliseconds of a clock that only goes forward.
int64_t Now() {
  struct timespec time = {};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * int64_t{1000} + time.tv_nsec / 1000000;
}

int TimeLeft(int64_t deadline) {
  if (deadline == kNever) return -1;
  const int64_t left = deadline - Now();
  return left > 0 ? static_cast<int>(left) : 0;
}

int Sooner(int one, int other) { return one == -1 || (other != -1 && other < one) ? other : one; }

std::string PidNamespace(pid_t pid) {
  char path[32], name[32];
  snprintf(path, sizeof path, "/proc/%d/ns/pid", pid);
  const ssize_t got = readlink(path, name, sizeof name);
  return got == -1 ? "" : std::string(name, got);
}

// To the others in the container that a Ctrl-C reaches: those of the foreground group.
void SendToGroup(const Child& child, int signal) {
  const std::string space = PidNamespace(child.pid);
  DIR* proc = space.empty() ? nullptr : opendir("/proc");
  if (!proc) return;
  while (const dirent* entry = readdir(proc)) {
    const pid_t pid = atoi(entry->d_name);
    if (pid <= 0 || pid == child.pid || getpgid(pid) != getpgrp()) continue;
    if (PidNamespace(pid) == space) kill(pid, signal);
  }
  closedir(proc);
}

// Passes on what the child did not get by itself. Answers with the signal that ended the child in our name, or 0.
//
// The kernel spares PID 1 from a signal that it does not handle. As in a shell such a signal is to end the
// command, so the default action is done here: asked before the signal is sent, as a handler may be there for one only.
//
// A young command may have set its handler only after a Ctrl-C came, and what it started meanwhile was not yet there
// to get it: all get it again. PID 1 first, as with a signal to see to it starts nothing more.
int PassOn(const Child& child, const Signals& signals, bool young) {
  for (int signal = 1; signal < NSIG; signal++) {
    if (!(signals.arrived & Signals::Bit(signal))) continue;
    if (child.init && Ends(signal) && (IsStarting(child.pid) || HasDefaultAction(child.pid, signal))) {
      Send(child, SIGKILL);
      return signal;
    }
    const bool again = child.init && young && (signal == SIGINT || signal == SIGQUIT);
    if (again || signals.missed & Signals::Bit(signal)) Send(child, signal);
    if (again) SendToGroup(child, signal);
  }
  return 0;
}

// Since when the command of a PID 1 runs. Nothing tells that: one has to look.
class Age {
 public:
  explicit Age(const Child& child) : child_(child) {}
  int TimeToLook() const { return child_.init && begun_ == kNever ? kLookMs : -1; }
  void Look() {
    if (TimeToLook() != -1 && !IsStarting(child_.pid)) begun_ = Now();
  }
  bool IsYoung() const { return begun_ != kNever && Now() - begun_ < kYoungMs; }

 private:
  const Child& child_;
  int64_t begun_ = kNever;
};

// Answers as PassOn. SIGTERM and SIGHUP to a command that does not heed them end it after a time of grace.
int WaitForEnd(const Child& child) {
  struct pollfd fds[] = {{child.pidfd, POLLIN, 0}, {child.event, POLLIN, 0}};
  int64_t deadline = kNever;
  Age age(child);
  for (;;) {
    const int ready = poll(fds, 2, Sooner(TimeLeft(deadline), age.TimeToLook()));
    if (ready == -1) continue;
    if (fds[0].revents) return 0;
    age.Look();
    if (TimeLeft(deadline) == 0) {
      Send(child, SIGKILL);
      deadline = kNever;
    }
    uint64_t count;
    if (ready == 0 || read(child.event, &count, sizeof count) == -1) continue;
    const Signals signals = TakeSignals(child.slot);
    if (const int signal = PassOn(child, signals, age.IsYoung())) return signal;
    const bool shall_end = signals.arrived & (Signals::Bit(SIGTERM) | Signals::Bit(SIGHUP));
    if (shall_end && deadline == kNever) deadline = Now() + kGraceMs;
  }
}

int Reap(const Child& child, int signal) {
  siginfo_t ended = {};
  while (waitid(static_cast<idtype_t>(P_PIDFD), child.pidfd, &ended, WEXITED) == -1)
    if (errno != EINTR) return -errno;
  if (ended.si_code == CLD_EXITED) return ended.si_status;
  return 128 + (signal ? signal : ended.si_status);
}

// What a shell does after each command: the terminal is its own again, in the mode it was in. With SIGTTOU blocked.
void TakeTerminalBack(const Child& child, int status) {
  if (child.foreground == -1 || child.foreground != getpgrp()) return;
  if (tcgetpgrp(0) != child.foreground) tcsetpgrp(0, child.foreground);
  if (status > 128) tcsetattr(0, TCSADRAIN, &child.terminal);
}

// (child, callback): calls back with the exit status, 128 + n after signal n. Answers 0, or -errno without a thread.
Napi::Value WaitChild(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const ChildPointer child = Unwrap(info);
  auto callback = Napi::ThreadSafeFunction::New(env, info[1].As<Napi::Function>(), "wait", 0, 1);
  auto* environment = static_cast<Environment*>(info.Data());
  const auto wait = [child, callback, environment] {
    const int signal = WaitForEnd(*child);
    const int status = Reap(*child, signal);
    TakeTerminalBack(*child, status);
    std::lock_guard<std::mutex> lock(environment->mutex);
    if (!environment->alive) return;
    callback.BlockingCall([status](Napi::Env env, Napi::Function done) { done.Call({Napi::Number::New(env, status)}); });
    callback.Release();
  };
  sigset_t all, mask;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, &mask);  // signals are the main thread's
  int error = 0;
  try {
    std::thread(wait).detach();
  } catch (const std::system_error& failure) {
    error = failure.code().value();
    callback.Release();
  }
  pthread_sigmask(SIG_SETMASK, &mask, nullptr);
  return Napi::Number::New(env, -error);
}

// The signal that came in since clone and asks to end, or 0.
Napi::Value EndingSignal(const Napi::CallbackInfo& info) {
  const ChildPointer child = Unwrap(info);
  const Signals signals = child->slot == -1 ? Signals{} : TakeSignals(child->slot);
  int found = 0;
  for (int signal = 1; signal < NSIG && !found; signal++)
    if (Ends(signal) && signals.arrived & Signals::Bit(signal)) found = signal;
  return Napi::Number::New(info.Env(), found);
}
}  // namespace

void InitWait(Napi::Env env, Napi::Object exports) {
  auto* environment = new Environment;  // never freed: a thread may still look at it
  env.AddCleanupHook([environment] {
    std::lock_guard<std::mutex> lock(environment->mutex);
    environment->alive = false;
  });
  exports.Set("endingSignal", Napi::Function::New(env, EndingSignal));
  exports.Set("waitChild", Napi::Function::New(env, WaitChild, "waitChild", environment));
}
