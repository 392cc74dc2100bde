// execve(2), and the search in PATH of execvp(3).
#include "exec.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#ifndef CLOSE_RANGE_CLOEXEC
#define CLOSE_RANGE_CLOEXEC (1U << 2)
#endif
#ifndef SYS_close_range
#define SYS_close_range 436
#endif

namespace {
std::vector<std::string> Strings(const Napi::Value& value) {
  const Napi::Array array = value.As<Napi::Array>();
  std::vector<std::string> strings;
  for (uint32_t i = 0; i < array.Length(); i++)
    strings.push_back(array.Get(i).As<Napi::String>().Utf8Value());
  return strings;
}

std::vector<char*> Pointers(std::vector<std::string>& strings) {
  std::vector<char*> pointers;
  for (std::string& string : strings) pointers.push_back(string.data());
  pointers.push_back(nullptr);
  return pointers;
}

// For kernels before 5.11, whose close_range can't set the flag.
void MarkCloexecOneByOne() {
  struct rlimit limit = {};
  getrlimit(RLIMIT_NOFILE, &limit);
  const int last = limit.rlim_cur > 65536 ? 65536 : static_cast<int>(limit.rlim_cur);
  for (int fd = 3; fd < last; fd++) fcntl(fd, F_SETFD, FD_CLOEXEC);
}

// Node marks its standard streams close-on-exec, and makes pipes and sockets among them
// non-blocking. Programs don't expect that: cat, for one, would stop with EAGAIN. Returns 0 or the
// errno.
int PassStandardStreamsOnly() {
  for (int fd = 0; fd <= 2; fd++) {
    const int flags = fcntl(fd, F_GETFL);
    if (flags == -1 && errno == EBADF) continue;  // closed
    if (flags == -1 || fcntl(fd, F_SETFD, 0) == -1) return errno;
    if ((flags & O_NONBLOCK) && fcntl(fd, F_SETFL, flags & ~O_NONBLOCK) == -1) return errno;
  }
  if (syscall(SYS_close_range, 3U, ~0U, CLOSE_RANGE_CLOEXEC) == -1) MarkCloexecOneByOne();
  return 0;
}

// execve removes handlers but keeps ignored signals ignored, and Node ignores SIGPIPE.
void ResetIgnoredSignals() {
  struct sigaction action = {};
  action.sa_handler = SIG_DFL;
  for (int signal = 1; signal < NSIG; signal++) {
    struct sigaction now = {};
    if (sigaction(signal, nullptr, &now) == 0 && now.sa_handler == SIG_IGN)
      sigaction(signal, &action, nullptr);
  }
}

// What Exec() changes about this process's signals, to put back when it failed.
class SavedSignals {
 public:
  SavedSignals() {
    pthread_sigmask(SIG_BLOCK, nullptr, &mask_);
    for (int signal = 1; signal < NSIG; signal++) sigaction(signal, nullptr, &actions_[signal]);
  }
  ~SavedSignals() {
    pthread_sigmask(SIG_SETMASK, &mask_, nullptr);
    for (int signal = 1; signal < NSIG; signal++)
      if (actions_[signal].sa_handler == SIG_IGN) sigaction(signal, &actions_[signal], nullptr);
  }

 private:
  sigset_t mask_;
  struct sigaction actions_[NSIG] = {};
};

// (paths, argv, envp, shellScripts): becomes the program, or returns -errno.
Napi::Value Execve(const Napi::CallbackInfo& info) {
  const Program program(info[0], info[1], info[2], info[3].As<Napi::Boolean>());
  const SavedSignals saved;
  sigset_t none;
  sigemptyset(&none);
  return Napi::Number::New(info.Env(), -program.Exec(none));
}
// (signal): the kernel will send it when the parent ends, also to what this process becomes.
Napi::Value EndWithParent(const Napi::CallbackInfo& info) {
  const pid_t parent = getppid();
  prctl(PR_SET_PDEATHSIG, info[0].As<Napi::Number>().Int32Value());
  if (getppid() != parent) raise(info[0].As<Napi::Number>().Int32Value());
  return info.Env().Undefined();
}
}  // namespace

Program::Program(const Napi::Value& paths, const Napi::Value& argv, const Napi::Value& envp,
                 bool shell_scripts)
    : paths_(Strings(paths)), argv_(Strings(argv)), envp_(Strings(envp)),
      shell_scripts_(shell_scripts),
      argv_pointers_(Pointers(argv_)), envp_pointers_(Pointers(envp_)) {
  static char shell[] = "/bin/sh";
  shell_pointers_ = {shell, nullptr};  // ExecPath() fills in the script
  shell_pointers_.insert(shell_pointers_.end(), argv_pointers_.begin() + 1, argv_pointers_.end());
}

int Program::ExecPath(const char* path) const {
  execve(path, argv_pointers_.data(), envp_pointers_.data());
  if (errno != ENOEXEC || !shell_scripts_) return errno;
  shell_pointers_[1] = const_cast<char*>(path);
  execve(shell_pointers_[0], shell_pointers_.data(), envp_pointers_.data());
  return ENOEXEC;
}

int Program::Exec(const sigset_t& mask) const {
  if (const int failure = PassStandardStreamsOnly()) return failure;
  ResetIgnoredSignals();
  sigprocmask(SIG_SETMASK, &mask, nullptr);
  int error = ENOENT;
  for (const std::string& path : paths_) {
    const int failure = ExecPath(path.c_str());
    if (failure == ENOENT || failure == ENOTDIR) continue;
    error = failure;
    if (failure != EACCES) break;  // like execvp(3), keep looking after a file we may not execute
  }
  return error;
}

void InitExec(Napi::Env env, Napi::Object exports) {
  exports.Set("endWithParent", Napi::Function::New(env, EndWithParent));
  exports.Set("execve", Napi::Function::New(env, Execve));
}
