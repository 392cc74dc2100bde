// Waiting for a child on a thread, which also makes sure that signals have their effect.
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <functional>
#include <mutex>
#include <system_error>
#include <thread>

#include "job.h"
#include "process.h"
#include "send.h"
#include "signals.h"
#include "spawn.h"

#ifndef P_PIDFD
#define P_PIDFD 3
#endif

namespace {
constexpr int kGraceMs = 2000;  // from SIGTERM or SIGHUP to SIGKILL
constexpr int kLookMs = 10;     // how often to look whether the command has begun
constexpr int kYoungMs = 500;   // a command of this age may not have set its handlers yet
constexpr int64_t kNever = -1;

// The thread may outlive the JavaScript environment: process.exit() may come while a child runs.
struct Environment {
  std::mutex mutex;
  bool alive = true;
};

bool AsksToEnd(int signal) {
  return signal == SIGINT || signal == SIGQUIT || signal == SIGTERM || signal == SIGHUP;
}

// In milliseconds; never goes backward.
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

int Sooner(int one, int other) {
  return one == -1 || (other != -1 && other < one) ? other : one;
}

// The kernel drops a signal to PID 1 that PID 1 has no handler for. A re-executed Node raises such
// a signal again for itself, as PID 1, so it's lost as well. In a shell the signal would end the
// command, so we do that.
bool WouldBeLost(const Child& child, int signal) {
  if (!child.init || !AsksToEnd(signal)) return false;
  return IsStarting(child.pid) || HasDefaultAction(child.pid, signal);
}

// Passes on the signals that the child didn't get by itself. Returns the signal that ended the
// child in our name, or 0.
//
// A young PID 1 gets a Ctrl-C twice: it may have set its handler too late for the first, and what
// it started in the meantime missed it as well. PID 1 first: it then starts nothing more.
int PassOn(const Child& child, const Signals& signals, bool young) {
  for (int signal = 1; signal < NSIG; signal++) {
    if (!signals.Has(signal)) continue;
    if (WouldBeLost(child, signal)) {  // asked before sending: a handler may be for one time only
      Send(child, SIGKILL);
      return signal;
    }
    const bool again = child.init && young && (signal == SIGINT || signal == SIGQUIT);
    if (again || signals.missed & Signals::Bit(signal)) Send(child, signal);
    if (again) SendToGroup(child, signal);
  }
  return 0;
}

// How long a PID 1 has been running its command. No event reports the start, so we look.
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

// Returns what PassOn() does. A command that stays after SIGTERM or SIGHUP is killed when its time
// of grace is over.
int WaitForEnd(Child* waited) {
  const Child& child = *waited;
  struct pollfd fds[] = {{child.pidfd, POLLIN, 0}, {child.event, POLLIN, 0}};
  int64_t deadline = kNever;
  Age age(child);
  for (;;) {
    const int look = MayTakeTerminal(child) ? kLookMs : age.TimeToLook();
    const int ready = poll(fds, 2, Sooner(TimeLeft(deadline), look));
    if (ready == -1) continue;
    if (fds[0].revents) return 0;
    age.Look();
    if (deadline == kNever && !fds[1].revents) GuardTerminal(waited);
    if (TimeLeft(deadline) == 0) {
      Send(child, SIGKILL);
      deadline = kNever;
    }
    uint64_t count;
    if (ready == 0 || read(child.event, &count, sizeof count) == -1) continue;
    const Signals signals = TakeSignals(child.slot);
    if (const int signal = PassOn(child, signals, age.IsYoung())) return signal;
    if (deadline == kNever && (signals.Has(SIGTERM) || signals.Has(SIGHUP)))
      deadline = Now() + kGraceMs;
    StopJob(waited, signals);
  }
}

// Returns 0 or -errno.
int Reap(const Child& child, siginfo_t* ended) {
  while (waitid(static_cast<idtype_t>(P_PIDFD), child.pidfd, ended, WEXITED) == -1)
    if (errno != EINTR) return -errno;
  return 0;
}

// Returns the exit status, 128 + n after signal n, or -errno.
int StatusOf(const Child& child, int signal) {
  siginfo_t ended = {};
  if (const int error = Reap(child, &ended)) return error;
  if (ended.si_code == CLD_EXITED) return ended.si_status;
  return 128 + (signal ? signal : ended.si_status);
}

// Like a shell after each command: takes the terminal back, and restores its mode if the command
// was killed. SIGTTOU is blocked.
void TakeTerminalBack(const Child& child, int status) {
  if (child.foreground == -1 || child.foreground != getpgrp()) return;
  if (tcgetpgrp(0) != child.foreground) tcsetpgrp(0, child.foreground);
  if (status > 128) tcsetattr(0, TCSADRAIN, &child.terminal);
}

// Starts a thread with all signals blocked: they are the main thread's. Returns 0 or the errno.
int StartThread(const std::function<void()>& act) {
  const SignalsBlocked blocked;
  try {
    std::thread(act).detach();
    return 0;
  } catch (const std::system_error& failure) {
    return failure.code().value();
  }
}

// (child, callback): calls back with the exit status, 128 + n after signal n. Returns 0, or -errno
// if there can be no keeper or no thread.
Napi::Value WaitChild(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const ChildPointer child = Unwrap(info);
  // Meanwhile the child starts its program: so it costs no time.
  if (const int error = child->keeper.Start(child->pidfd)) return Napi::Number::New(env, -error);
  auto callback = Napi::ThreadSafeFunction::New(env, info[1].As<Napi::Function>(), "wait", 0, 1);
  auto* environment = static_cast<Environment*>(info.Data());
  const int error = StartThread([child, callback, environment] {
    const int signal = WaitForEnd(child.get());
    const int status = StatusOf(*child, signal);
    TakeTerminalBack(*child, status);
    child->keeper.Stop();
    std::lock_guard<std::mutex> lock(environment->mutex);
    if (!environment->alive) return;
    callback.BlockingCall([status](Napi::Env env, Napi::Function done) {
      done.Call({Napi::Number::New(env, status)});
    });
    callback.Release();
  });
  if (error != 0) callback.Release();
  return Napi::Number::New(env, -error);
}

// A child in its pause exits when told to, unless a signal ended it: asked that way, a child that's
// just being killed gives the right answer too. One that is stopped or frozen can't answer.
int EndChild(const Child& child) {
  struct pollfd end = {child.pidfd, POLLIN, 0};
  const bool asked = child.go != -1 && write(child.go, &Child::kGiveUp, 1) == 1;
  const bool ended = child.go != -1 && poll(&end, 1, asked ? kGraceMs : 0) == 1;
  Send(child, SIGKILL);
  siginfo_t how = {};
  if (Reap(child, &how) != 0 || !ended || how.si_code == CLD_EXITED) return 0;
  return 128 + how.si_status;
}

// Kills the child and reaps it. Returns 128 + n if signal n had ended it in its pause, else 0.
Napi::Value KillChild(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), EndChild(*Unwrap(info)));
}

// The first signal since clone that asks to end, or 0.
Napi::Value EndingSignal(const Napi::CallbackInfo& info) {
  const ChildPointer child = Unwrap(info);
  const Signals signals = child->slot == -1 ? Signals{} : TakeSignals(child->slot);
  int found = 0;
  for (int signal = 1; signal < NSIG && !found; signal++)
    if (AsksToEnd(signal) && signals.Has(signal)) found = signal;
  return Napi::Number::New(info.Env(), found);
}
}  // namespace

void InitWait(Napi::Env env, Napi::Object exports) {
  auto* environment = new Environment;  // never freed: a thread may still look at it
  env.AddCleanupHook([environment] {
    std::lock_guard<std::mutex> lock(environment->mutex);
    environment->alive = false;
  });
  exports.Set("killChild", Napi::Function::New(env, KillChild));
  exports.Set("endingSignal", Napi::Function::New(env, EndingSignal));
  exports.Set("waitChild", Napi::Function::New(env, WaitChild, "waitChild", environment));
}
