// Waiting for a child on a thread of its own, which also sees to it that a signal has its effect.
#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <mutex>
#include <thread>

#include "signals.h"
#include "spawn.h"

#ifndef P_PIDFD
#define P_PIDFD 3
#endif

namespace {
constexpr int kGraceMs = 2000;

// The thread may outlive the JavaScript environment, when process.exit() is called while a child runs.
struct Environment {
  std::mutex mutex;
  bool alive = true;
};

void Kill(const Child* child) { syscall(SYS_pidfd_send_signal, child->pidfd, SIGKILL, nullptr, 0); }

// A signal set of /proc/PID/status, such as SigCgt; all bits where it can't be read.
uint64_t SignalSet(const char* status, const char* name) {
  const char* line = strstr(status, name);
  unsigned long long set = ~0ULL;
  if (line) sscanf(line + strlen(name), " %llx", &set);
  return set;
}

// Whether the process neither handles nor ignores nor blocks the signal.
bool HasDefaultAction(pid_t pid, int signal) {
  char path[32], status[8192];
  snprintf(path, sizeof path, "/proc/%d/status", pid);
  FILE* file = fopen(path, "re");
  if (!file) return false;
  status[fread(status, 1, sizeof status - 1, file)] = '\0';
  fclose(file);
  const uint64_t kept = SignalSet(status, "SigCgt:") | SignalSet(status, "SigIgn:") | SignalSet(status, "SigBlk:");
  return !(kept >> (signal - 1) & 1);
}

bool Ends(int signal) { return signal == SIGINT || signal == SIGQUIT || signal == SIGTERM || signal == SIGHUP; }

// Answers with the signal that ended the child in our name, or 0.
//
// The kernel spares PID 1 from a signal that it does not handle. As in a shell such a signal is to end the
// command, so the default action is done here. SIGTERM and SIGHUP to a command that does not heed them end it
// after a time of grace.
int WaitForEnd(const Child* child) {
  struct pollfd fds[] = {{child->pidfd, POLLIN, 0}, {SignalEvent(child->slot), POLLIN, 0}};
  int timeout = -1;
  for (;;) {
    const int ready = poll(fds, 2, timeout);
    if (ready == -1 && errno == EINTR) continue;
    if (fds[0].revents) return 0;
    if (ready == 0) {
      Kill(child);
      timeout = -1;
      continue;
    }
    uint64_t count;
    if (read(fds[1].fd, &count, sizeof count) == -1) continue;
    const int signal = LastSignal(child->slot);
    if (child->init && Ends(signal) && HasDefaultAction(child->pid, signal)) {
      Kill(child);
      return signal;
    }
    if (signal == SIGTERM || signal == SIGHUP) timeout = kGraceMs;
  }
}

int Reap(const Child* child, int signal) {
  siginfo_t ended = {};
  while (waitid(static_cast<idtype_t>(P_PIDFD), child->pidfd, &ended, WEXITED) == -1)
    if (errno != EINTR) return -errno;
  if (ended.si_code == CLD_EXITED) return ended.si_status;
  return 128 + (signal ? signal : ended.si_status);
}

// What a shell does after each command: the terminal is its own again, in the mode it was in.
void TakeTerminalBack(const Child* child, int status) {
  if (child->foreground == -1 || child->foreground != getpgrp()) return;
  sigset_t ttou, mask;
  sigemptyset(&ttou);
  sigaddset(&ttou, SIGTTOU);
  pthread_sigmask(SIG_BLOCK, &ttou, &mask);
  if (tcgetpgrp(0) != child->foreground) tcsetpgrp(0, child->foreground);
  if (status > 128) tcsetattr(0, TCSADRAIN, &child->terminal);
  pthread_sigmask(SIG_SETMASK, &mask, nullptr);
}

// (child, callback): calls back with the exit status, 128 + n after signal n.
Napi::Value WaitChild(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  Child* child = info[0].As<Napi::External<Child>>().Data();
  auto callback = Napi::ThreadSafeFunction::New(env, info[1].As<Napi::Function>(), "wait", 0, 1);
  auto* environment = static_cast<Environment*>(info.Data());
  sigset_t all, mask;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, &mask);  // signals are the main thread's
  std::thread([child, callback, environment]() mutable {
    const int signal = WaitForEnd(child);
    const int status = Reap(child, signal);
    std::lock_guard<std::mutex> lock(environment->mutex);
    if (!environment->alive) return;
    callback.BlockingCall([child, status](Napi::Env env, Napi::Function done) {
      TakeTerminalBack(child, status);
      done.Call({Napi::Number::New(env, status)});
    });
    callback.Release();
  }).detach();
  pthread_sigmask(SIG_SETMASK, &mask, nullptr);
  return env.Undefined();
}
}  // namespace

void InitWait(Napi::Env env, Napi::Object exports) {
  auto* environment = new Environment;  // never freed: a thread may still look at it
  env.AddCleanupHook([environment] {
    std::lock_guard<std::mutex> lock(environment->mutex);
    environment->alive = false;
  });
  exports.Set("waitChild", Napi::Function::New(env, WaitChild, "waitChild", environment));
}
