// clone(2), a pause for the parent, execve(2): the counterpart of Go's forkAndExecInChild.
#include "spawn.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>

#include "signals.h"

namespace {
enum Act : int32_t { kPrctl, kExecve };
constexpr const char* kActs[] = {"prctl", "execve"};
struct Failure {
  int32_t error;
  int32_t act;
};

struct Pipes {
  int go[2] = {-1, -1};
  int error[2] = {-1, -1};
  bool Open() { return pipe2(go, O_CLOEXEC) == 0 && pipe2(error, O_CLOEXEC) == 0; }
  void Close() {
    for (int fd : {go[0], go[1], error[0], error[1]})
      if (fd != -1) close(fd);
  }
};

[[noreturn]] void Fail(int fd, int error, Act act) {
  const Failure failure = {error, act};
  const ssize_t written = write(fd, &failure, sizeof failure);
  _exit(written == sizeof failure ? 127 : 126);
}

bool WaitForGo(int fd) {
  char byte;
  ssize_t got;
  do got = read(fd, &byte, 1);
  while (got == -1 && errno == EINTR);
  return got == 1;
}

// Node's handlers must not run here: only this thread lives on in the child.
void ResetHandlers() {
  struct sigaction action = {};
  action.sa_handler = SIG_DFL;
  for (int signal = 1; signal < NSIG; signal++) sigaction(signal, &action, nullptr);
}

// Runs in the child, a copy of this process with one thread: native code alone, and nothing that allocates.
// The death signal is asked for before the pause: a parent that died earlier shows as end of file.
[[noreturn]] void RunChild(const Pipes& pipes, const Program& program, const sigset_t& mask) {
  ResetHandlers();
  close(pipes.go[1]);
  close(pipes.error[0]);
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) == -1) Fail(pipes.error[1], errno, kPrctl);
  if (!WaitForGo(pipes.go[0])) _exit(126);
  Fail(pipes.error[1], program.Exec(mask), kExecve);
}

pid_t Clone(int flags, int* pidfd) {
  return static_cast<pid_t>(syscall(SYS_clone, flags | CLONE_PIDFD | SIGCHLD, nullptr, pidfd, nullptr, nullptr));
}

// Older kernels ignore CLONE_PIDFD, and the end of the child would never be seen.
bool HasPidfds() {
  const int self = static_cast<int>(syscall(SYS_pidfd_open, getpid(), 0));
  return self != -1 && close(self) == 0;
}

// The terminal's state, to be restored when the child has ended.
void RememberTerminal(Child* child) {
  child->foreground = tcgetpgrp(0);
  tcgetattr(0, &child->terminal);
}

// (paths, argv, envp, cloneflags) -> {pid, child}: the child exists, in its namespaces, and waits.
Napi::Value StartChild(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const Program program(info[0], info[1], info[2], true);
  const int flags = Int(info[3]);
  const auto child = std::make_shared<Child>();
  if (!HasPidfds()) return Napi::Number::New(env, -errno);
  child->init = flags & CLONE_NEWPID;
  child->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  Pipes pipes;
  if (child->event == -1 || !pipes.Open()) {
    const int error = errno;
    pipes.Close();
    return Napi::Number::New(env, -error);
  }
  RememberTerminal(child.get());

  sigset_t all, mask;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, &mask);
  child->pid = Clone(flags, &child->pidfd);
  if (child->pid == 0) RunChild(pipes, program, mask);
  const int error = errno;
  if (child->pid > 0) child->slot = CatchSignals(child->event);
  pthread_sigmask(SIG_SETMASK, &mask, nullptr);

  if (child->pid == -1) {
    pipes.Close();
    return Napi::Number::New(env, -error);
  }
  close(pipes.go[0]);
  close(pipes.error[1]);
  child->go = pipes.go[1];
  child->error = pipes.error[0];
  Napi::Object result = Napi::Object::New(env);
  result.Set("pid", child->pid);
  const auto drop = [](Napi::Env, ChildPointer* pointer) { delete pointer; };
  result.Set("child", Napi::External<ChildPointer>::New(env, new ChildPointer(child), drop));
  return result;
}

// Lets the child exec and waits until it has: 0, or {errno, syscall} of what failed.
Napi::Value ReleaseChild(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const ChildPointer child = Unwrap(info);
  // A child that was killed in the pause is not an error here: its end is reported by the wait.
  struct sigaction ignore = {}, before = {};
  ignore.sa_handler = SIG_IGN;
  sigaction(SIGPIPE, &ignore, &before);
  const ssize_t sent = write(child->go, "", 1);
  sigaction(SIGPIPE, &before, nullptr);
  Failure failure = {};
  ssize_t got;
  do got = read(child->error, &failure, sizeof failure);
  while (got == -1 && errno == EINTR);
  close(child->go);
  close(child->error);
  child->go = child->error = -1;
  if (sent != 1 || got != sizeof failure) return Napi::Number::New(env, 0);
  Napi::Object result = Napi::Object::New(env);
  result.Set("errno", -failure.error);
  result.Set("syscall", kActs[failure.act]);
  return result;
}

// Kills the child and reaps it.
Napi::Value KillChild(const Napi::CallbackInfo& info) {
  const ChildPointer child = Unwrap(info);
  syscall(SYS_pidfd_send_signal, child->pidfd, SIGKILL, nullptr, 0);
  siginfo_t ended;
  while (waitid(P_PID, child->pid, &ended, WEXITED) == -1 && errno == EINTR) {}
  return info.Env().Undefined();
}

// The last call for a child that was reaped.
Napi::Value ForgetChild(const Napi::CallbackInfo& info) {
  Unwrap(info)->Close();
  return info.Env().Undefined();
}
}  // namespace

void Child::Close() {
  if (slot != -1) StopCatching(slot);
  slot = -1;
  for (int* fd : {&pidfd, &go, &error, &event}) {
    if (*fd != -1) close(*fd);
    *fd = -1;
  }
}

void InitSpawn(Napi::Env env, Napi::Object exports) {
  exports.Set("startChild", Napi::Function::New(env, StartChild));
  exports.Set("releaseChild", Napi::Function::New(env, ReleaseChild));
  exports.Set("killChild", Napi::Function::New(env, KillChild));
  exports.Set("forgetChild", Napi::Function::New(env, ForgetChild));
}
