// The system calls, one function each, on the calling thread.
#include "addon.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include <climits>

using Call = const Napi::CallbackInfo&;

static Napi::Value SetHostname(Call info) {
  const std::string name = info[0].As<Napi::String>().Utf8Value();
  return Result(info.Env(), sethostname(name.data(), name.size()));
}

// Without slashes at its end: with them, lstat(2) would look behind the link.
static bool IsLink(std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  struct stat file;
  return lstat(path.c_str(), &file) == 0 && S_ISLNK(file.st_mode);
}

static Napi::Value Mount(Call info) {
  const Text source(info[0]), target(info[1]), fstype(info[2]), data(info[4]);
  if (target.OrNull() && IsLink(target.OrNull())) return Napi::Number::New(info.Env(), -ELOOP);
  // The kernel ignores the source and type of a bind or a change of propagation, but refuses some null pointers.
  return Result(info.Env(), mount(source.OrNone(), target.OrNull(), fstype.OrNone(), Long(info[3]), data.OrNull()));
}

static Napi::Value Umount2(Call info) {
  const Text target(info[0]);
  return Result(info.Env(), umount2(target.OrNull(), Int(info[1])));
}

static Napi::Value Chroot(Call info) {
  const Text path(info[0]);
  return Result(info.Env(), chroot(path.OrNull()));
}

static Napi::Value PivotRoot(Call info) {
  const Text new_root(info[0]), put_old(info[1]);
  return Result(info.Env(), syscall(SYS_pivot_root, new_root.OrNull(), put_old.OrNull()));
}

// The path, or -errno: ttyname_r(3) answers with the errno itself.
static Napi::Value TtyName(Call info) {
  char path[PATH_MAX];
  const int error = ttyname_r(Int(info[0]), path, sizeof path);
  if (error != 0) return Napi::Number::New(info.Env(), -error);
  return Napi::String::New(info.Env(), path);
}

static Napi::Value Unshare(Call info) { return Result(info.Env(), unshare(Int(info[0]))); }

static Napi::Value Setns(Call info) { return Result(info.Env(), setns(Int(info[0]), Int(info[1]))); }

static Napi::Value Mknod(Call info) {
  const Text path(info[0]);
  const mode_t wanted = Int(info[1]);
  if (mknod(path.OrNull(), wanted, makedev(Int(info[2]), Int(info[3]))) == -1) return Result(info.Env(), -1);
  // A device of a container has the mode that was asked for, whatever the umask is.
  return Result(info.Env(), chmod(path.OrNull(), wanted & 07777));
}

static Napi::Value Flock(Call info) {
  int result;
  do result = flock(Int(info[0]), Int(info[1]));
  while (result == -1 && errno == EINTR);
  return Result(info.Env(), result);
}

static Napi::Value Prctl(Call info) {
  return Result(info.Env(), prctl(Int(info[0]), static_cast<unsigned long>(Long(info[1])), 0UL, 0UL, 0UL));
}

static Napi::Value PidfdOpen(Call info) { return Result(info.Env(), syscall(SYS_pidfd_open, Int(info[0]), 0)); }

static Napi::Value PidfdSendSignal(Call info) {
  return Result(info.Env(), syscall(SYS_pidfd_send_signal, Int(info[0]), Int(info[1]), nullptr, 0));
}

static Napi::Value Waitpid(Call info) {
  int status = 0;
  pid_t pid;
  do pid = waitpid(Int(info[0]), &status, Int(info[1]));
  while (pid == -1 && errno == EINTR);
  if (pid == -1) return Result(info.Env(), -1);
  Napi::Object result = Napi::Object::New(info.Env());
  result.Set("pid", pid);
  result.Set("code", WIFEXITED(status) ? WEXITSTATUS(status) : 0);
  result.Set("signal", WIFSIGNALED(status) ? WTERMSIG(status) : WIFSTOPPED(status) ? WSTOPSIG(status) : 0);
  result.Set("stopped", WIFSTOPPED(status) ? true : false);
  return result;
}

void InitSyscalls(Napi::Env env, Napi::Object exports) {
  exports.Set("sethostname", Napi::Function::New(env, SetHostname));
  exports.Set("mount", Napi::Function::New(env, Mount));
  exports.Set("umount2", Napi::Function::New(env, Umount2));
  exports.Set("chroot", Napi::Function::New(env, Chroot));
  exports.Set("pivotRoot", Napi::Function::New(env, PivotRoot));
  exports.Set("ttyname", Napi::Function::New(env, TtyName));
  exports.Set("unshare", Napi::Function::New(env, Unshare));
  exports.Set("setns", Napi::Function::New(env, Setns));
  exports.Set("mknod", Napi::Function::New(env, Mknod));
  exports.Set("flock", Napi::Function::New(env, Flock));
  exports.Set("prctl", Napi::Function::New(env, Prctl));
  exports.Set("pidfdOpen", Napi::Function::New(env, PidfdOpen));
  exports.Set("pidfdSendSignal", Napi::Function::New(env, PidfdSendSignal));
  exports.Set("waitpid", Napi::Function::New(env, Waitpid));
}
