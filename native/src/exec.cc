// execve(2) and the search of execvp(3).
#include "exec.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef CLOSE_RANGE_CLOEXEC
#define CLOSE_RANGE_CLOEXEC (1U << 2)
#endif
#ifndef SYS_close_range
#define SYS_close_range 436
#endif

static std::vector<std::string> Strings(const Napi::Value& value) {
  const Napi::Array array = value.As<Napi::Array>();
  std::vector<std::string> strings;
  for (uint32_t i = 0; i < array.Length(); i++) strings.push_back(array.Get(i).As<Napi::String>().Utf8Value());
  return strings;
}

static std::vector<char*> Pointers(std::vector<std::string>& strings) {
  std::vector<char*> pointers;
  for (std::string& string : strings) pointers.push_back(string.data());
  pointers.push_back(nullptr);
  return pointers;
}

Program::Program(const Napi::Value& paths, const Napi::Value& argv, const Napi::Value& envp, bool shell_scripts)
    : paths_(Strings(paths)), argv_(Strings(argv)), envp_(Strings(envp)), shell_scripts_(shell_scripts),
      argv_pointers_(Pointers(argv_)), envp_pointers_(Pointers(envp_)) {
  static char shell[] = "/bin/sh";
  shell_pointers_ = {shell, nullptr};  // the second becomes the script
  shell_pointers_.insert(shell_pointers_.end(), argv_pointers_.begin() + 1, argv_pointers_.end());
}

// A kernel before 5.11 has no close_range with CLOEXEC: mark one by one.
static void MarkCloexecOneByOne() {
  struct rlimit limit = {};
  getrlimit(RLIMIT_NOFILE, &limit);
  const int last = limit.rlim_cur > 65536 ? 65536 : static_cast<int>(limit.rlim_cur);
  for (int fd = 3; fd < last; fd++) fcntl(fd, F_SETFD, FD_CLOEXEC);
}

// The program gets standard input, output and error and no other descriptor. Node marks them close-on-exec, and makes
// pipes and sockets among them non-blocking, for which no program is prepared: cat would end with EAGAIN.
static void PassStandardStreamsOnly() {
  for (int fd = 0; fd <= 2; fd++) {
    fcntl(fd, F_SETFD, 0);
    const int flags = fcntl(fd, F_GETFL);
    if (flags != -1 && (flags & O_NONBLOCK)) fcntl(fd, F_SETFL, flags & ~O_NONBLOCK);
  }
  if (syscall(SYS_close_range, 3U, ~0U, CLOSE_RANGE_CLOEXEC) == -1) MarkCloexecOneByOne();
}

// execve resets handlers by itself but keeps what is ignored, and Node ignores SIGPIPE.
static void ResetIgnoredSignals() {
  struct sigaction action = {};
  action.sa_handler = SIG_DFL;
  for (int signal = 1; signal < NSIG; signal++) {
    struct sigaction now = {};
    if (sigaction(signal, nullptr, &now) == 0 && now.sa_handler == SIG_IGN) sigaction(signal, &action, nullptr);
  }
}

int Program::ExecPath(const char* path) const {
  execve(path, argv_pointers_.data(), envp_pointers_.data());
  if (errno != ENOEXEC || !shell_scripts_) return errno;
  shell_pointers_[1] = const_cast<char*>(path);
  execve(shell_pointers_[0], shell_pointers_.data(), envp_pointers_.data());
  return ENOEXEC;
}

int Program::Exec(const sigset_t& mask) const {
  PassStandardStreamsOnly();
  ResetIgnoredSignals();
  sigprocmask(SIG_SETMASK, &mask, nullptr);
  int error = ENOENT;
  for (const std::string& path : paths_) {
    const int failure = ExecPath(path.c_str());
    if (failure == ENOENT || failure == ENOTDIR) continue;
    error = failure;
    if (failure != EACCES) break;  // a file that may not be executed does not end the search
  }
  return error;
}

// In failure, this process handles signals as before.
static Napi::Value Execve(const Napi::CallbackInfo& info) {
  const Program program(info[0], info[1], info[2], info[3].As<Napi::Boolean>());
  struct sigaction before[NSIG] = {};
  for (int signal = 1; signal < NSIG; signal++) sigaction(signal, nullptr, &before[signal]);
  sigset_t none, mask;
  sigemptyset(&none);
  pthread_sigmask(SIG_BLOCK, &none, &mask);
  const int error = program.Exec(none);
  pthread_sigmask(SIG_SETMASK, &mask, nullptr);
  for (int signal = 1; signal < NSIG; signal++)
    if (before[signal].sa_handler == SIG_IGN) sigaction(signal, &before[signal], nullptr);
  return Napi::Number::New(info.Env(), -error);
}

void InitExec(Napi::Env env, Napi::Object exports) { exports.Set("execve", Napi::Function::New(env, Execve)); }
