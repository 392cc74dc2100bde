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

// Tells the parent the errno.
[[noreturn]] void Fail(int fd, int error) {
  const ssize_t written = write(fd, &error, sizeof error);
  _exit(written == sizeof error ? 127 : 126);
}

bool WaitForGo(int fd) {
  char byte;
  ssize_t got;
  do got = read(fd, &byte, 1);
  while (got == -1 && errno == EINTR);
  return got == 1 && byte == Child::kGo;
}

// Node's handlers must not run in the child: Node's other threads don't exist there.
void ResetHandlers() {
  struct sigaction action = {};
  action.sa_handler = SIG_DFL;
  for (int signal = 1; signal < NSIG; signal++) sigaction(signal, &action, nullptr);
}

// Runs in the child, a copy of this process with one thread: only native code, no allocation.
// The child asks for the death signal before the pause. If the parent died even earlier, the pause
// ends at end of file.
[[noreturn]] void RunChild(const Pipes& pipes, const Program& program, const sigset_t& mask) {
  ResetHandlers();
  close(pipes.go[1]);
  close(pipes.error[0]);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (!WaitForGo(pipes.go[0])) _exit(126);
  Fail(pipes.error[1], program.Exec(mask));
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
  if (child->pid == 0) RunChild(pipes, program, blocked.mask());
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

// The errno that the child sent; 0 if the exec closed the descriptor.
int ReadError(int fd) {
  int error = 0;
  ssize_t got;
  do got = read(fd, &error, sizeof error);
  while (got == -1 && errno == EINTR);
  return got == -1 ? errno : error;
}

int Release(const Child& child) {
  while (write(child.go, &Child::kGo, 1) == -1) {
    if (errno == EPIPE) return 0;  // killed in the pause: the wait reports its end
    if (errno != EINTR) return errno;
  }
  return ReadError(child.error);
}

// Lets the child exec and waits until it has. Returns 0 or -errno. (Node ignores SIGPIPE.)
Napi::Value ReleaseChild(const Napi::CallbackInfo& info) {
  const ChildPointer child = Unwrap(info);
  const int error = Release(*child);
  close(Take(child->go));
  close(Take(child->error));
  return Napi::Number::New(info.Env(), -error);
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
