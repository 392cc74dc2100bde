// clone(2), a pause for the parent, execve(2): the counterpart of Go's forkAndExecInChild.
#include "spawn.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "exec.h"
#include "signals.h"
#include "values.h"

namespace {
struct Pipes {
  int go[2] = {-1, -1};
  int error[2] = {-1, -1};
  bool Open() { return pipe2(go, O_CLOEXEC) == 0 && pipe2(error, O_CLOEXEC) == 0; }
  ~Pipes() {
    for (int fd : {go[0], go[1], error[0], error[1]})
      if (fd != -1) close(fd);
  }
};

enum class Call : int { kExecve, kRead, kSetgroups, kSetresgid, kSetresuid };
constexpr const char* kNames[] = {"execve", "read", "setgroups", "setresgid", "setresuid"};

// What the child couldn't do, as it tells the parent.
struct Failure {
  int error = 0;
  Call call = Call::kExecve;
};

[[noreturn]] void Fail(int fd, const Failure& failure) {
  const ssize_t written = write(fd, &failure, sizeof failure);
  _exit(written == sizeof failure ? 127 : 126);
}

// Ends the child at end of file, or when told to give up. Returns 0 or the errno.
int WaitForGo(int fd) {
  char byte;
  ssize_t got;
  do got = read(fd, &byte, 1);
  while (got == -1 && errno == EINTR);
  if (got == -1) return errno;
  if (got == 0 || byte != Child::kGo) _exit(126);
  return 0;
}

// Node's handlers must not run in the child: Node's other threads don't exist there.
void ResetHandlers() {
  struct sigaction action = {};
  action.sa_handler = SIG_DFL;
  for (int signal = 1; signal < NSIG; signal++) sigaction(signal, &action, nullptr);
}

// In a new user namespace, the child is nobody until it becomes root: only root's capabilities stay
// when it executes a program. Not by the functions of libc, which change all threads: here the
// others are the parent's. Where no 0 was mapped, the child stays nobody. It may keep its groups
// only where setgroups is denied.
Failure BecomeRoot() {
  if (syscall(SYS_setresgid, 0, 0, 0) == -1 && errno != EINVAL) return {errno, Call::kSetresgid};
  if (syscall(SYS_setgroups, 0, nullptr) == -1 && errno != EPERM) return {errno, Call::kSetgroups};
  if (syscall(SYS_setresuid, 0, 0, 0) == -1 && errno != EINVAL) return {errno, Call::kSetresuid};
  return {};
}

// Runs in the child, a copy of this process with one thread: only native code, no allocation.
// The child asks for the death signal before the pause. If the parent died even earlier, the pause
// ends at end of file. The kernel forgets the death signal when the child changes its user.
[[noreturn]] void RunChild(int flags, const Pipes& pipes, const Program& program,
                           const sigset_t& mask) {
  ResetHandlers();
  close(pipes.go[1]);
  close(pipes.error[0]);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (const int error = WaitForGo(pipes.go[0])) Fail(pipes.error[1], {error, Call::kRead});
  if (flags & CLONE_NEWUSER) {
    if (const Failure failure = BecomeRoot(); failure.error) Fail(pipes.error[1], failure);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
  }
  Fail(pipes.error[1], {program.Exec(mask), Call::kExecve});
}

pid_t Clone(int flags, int* pidfd) {
  return static_cast<pid_t>(
      syscall(SYS_clone, flags | CLONE_PIDFD | SIGCHLD, nullptr, pidfd, nullptr, nullptr));
}

// Older kernels ignore CLONE_PIDFD, and then nothing would report the child's end.
bool HasPidfds() {
  const int self = static_cast<int>(syscall(SYS_pidfd_open, getpid(), 0));
  return self != -1 && close(self) == 0;
}

// The terminal's state, to restore when the child has ended.
void RememberTerminal(Child* child) {
  child->foreground = tcgetpgrp(0);
  tcgetattr(0, &child->terminal);
}

// Makes the child and leaves it in its pause. Returns 0 or the errno.
int Start(Child* child, int flags, const Program& program) {
  Pipes pipes;
  if (!HasPidfds() || !pipes.Open()) return errno;
  child->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (child->event == -1) return errno;
  child->init = flags & CLONE_NEWPID;
  RememberTerminal(child);

  // A signal must find either no child, or one that gets it.
  const SignalsBlocked blocked;
  child->pid = Clone(flags, &child->pidfd);
  if (child->pid == 0) RunChild(flags, pipes, program, blocked.mask());
  if (child->pid == -1) return errno;
  child->slot = CatchSignals(child->event);
  child->go = Take(pipes.go[1]);
  child->error = Take(pipes.error[0]);
  return 0;
}

// (paths, argv, envp, cloneflags) -> {pid, child}: the child exists, in its namespaces, and waits.
Napi::Value StartChild(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const Program program(info[0], info[1], info[2], true);
  const auto child = std::make_shared<Child>();
  if (const int error = Start(child.get(), Int(info[3]), program))
    return Napi::Number::New(env, -error);
  const auto drop = [](Napi::Env, ChildPointer* pointer) { delete pointer; };
  Napi::Object result = Napi::Object::New(env);
  result.Set("pid", child->pid);
  result.Set("child", Napi::External<ChildPointer>::New(env, new ChildPointer(child), drop));
  return result;
}

// What the child sent; nothing if the exec closed the descriptor.
Failure ReadFailure(int fd) {
  Failure failure;
  ssize_t got;
  do got = read(fd, &failure, sizeof failure);
  while (got == -1 && errno == EINTR);
  if (got == -1) failure.error = errno;
  return failure;
}

Failure Release(const Child& child) {
  while (write(child.go, &Child::kGo, 1) == -1) {
    if (errno == EPIPE) break;  // it ended in the pause: the wait reports how
    if (errno != EINTR) return {errno, Call::kExecve};
  }
  return ReadFailure(child.error);
}

// Lets the child exec and waits until it has. Returns [0 or -errno, the name of the call]. (Node
// ignores SIGPIPE.)
Napi::Value ReleaseChild(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const ChildPointer child = Unwrap(info);
  const Failure failure = Release(*child);
  close(Take(child->go));
  close(Take(child->error));
  Napi::Array result = Napi::Array::New(env, 2);
  result.Set(0U, Napi::Number::New(env, -failure.error));
  result.Set(1U, Napi::String::New(env, kNames[static_cast<int>(failure.call)]));
  return result;
}

// The last call for a child, after it was reaped.
Napi::Value ForgetChild(const Napi::CallbackInfo& info) {
  Unwrap(info)->Close();
  return info.Env().Undefined();
}
}  // namespace

void Child::Close() {
  keeper.Stop();
  if (slot != -1) StopCatching(slot);
  slot = -1;
  for (int* fd : {&pidfd, &go, &error, &event})
    if (*fd != -1) close(Take(*fd));
}

void InitSpawn(Napi::Env env, Napi::Object exports) {
  exports.Set("startChild", Napi::Function::New(env, StartChild));
  exports.Set("releaseChild", Napi::Function::New(env, ReleaseChild));
  exports.Set("forgetChild", Napi::Function::New(env, ForgetChild));
}
