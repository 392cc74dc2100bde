// System calls, one function each. They act on the calling thread.
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <climits>
#include <string>

#include "values.h"

#ifndef SYS_open_tree
#define SYS_open_tree 428
#define SYS_move_mount 429
#endif
#ifndef SYS_mount_setattr
#define SYS_mount_setattr 442
#endif

namespace {
using Call = const Napi::CallbackInfo&;

Napi::Value SetHostname(Call info) {
  const std::string name = info[0].As<Napi::String>().Utf8Value();
  return Result(info.Env(), sethostname(name.data(), name.size()));
}

// Removes slashes at the end first: with them, lstat(2) follows the link.
bool IsLink(std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  struct stat file;
  return lstat(path.c_str(), &file) == 0 && S_ISLNK(file.st_mode);
}

// A bind mount or a change of propagation needs no source or type. The kernel ignores them, but
// refuses some null pointers: hence "none".
Napi::Value Mount(Call info) {
  const Text source(info[0]), target(info[1]), fstype(info[2]), data(info[4]);
  if (target.OrNull() && IsLink(target.OrNull())) return Napi::Number::New(info.Env(), -ELOOP);
  return Result(info.Env(), mount(source.OrNone(), target.OrNull(), fstype.OrNone(),
                                  Long(info[3]), data.OrNull()));
}

Napi::Value Umount2(Call info) {
  const Text target(info[0]);
  return Result(info.Env(), umount2(target.OrNull(), Int(info[1])));
}

Napi::Value OpenTree(Call info) {
  const Text path(info[1]);
  const int flags = Int(info[2]) | O_CLOEXEC;  // OPEN_TREE_CLOEXEC
  return Result(info.Env(), syscall(SYS_open_tree, Int(info[0]), path.OrNull(), flags));
}

// (from_dirfd, from, to_dirfd, to, flags)
Napi::Value MoveMount(Call info) {
  const Text from(info[1]), to(info[3]);
  return Result(info.Env(), syscall(SYS_move_mount, Int(info[0]), from.OrNull(), Int(info[2]),
                                    to.OrNull(), Int(info[4])));
}

// (dirfd, path, flags, then the fields of struct mount_attr)
Napi::Value MountSetattr(Call info) {
  const Text path(info[1]);
  const auto field = [&](int i) { return static_cast<uint64_t>(Long(info[i])); };
  const uint64_t attributes[] = {field(3), field(4), field(5), field(6)};
  return Result(info.Env(), syscall(SYS_mount_setattr, Int(info[0]), path.OrNull(), Int(info[2]),
                                    attributes, sizeof attributes));
}

Napi::Value Chroot(Call info) {
  const Text path(info[0]);
  return Result(info.Env(), chroot(path.OrNull()));
}

Napi::Value PivotRoot(Call info) {
  const Text new_root(info[0]), put_old(info[1]);
  return Result(info.Env(), syscall(SYS_pivot_root, new_root.OrNull(), put_old.OrNull()));
}

// (status): without what Node does at its end.
Napi::Value Exit(Call info) { _exit(Int(info[0])); }

// Returns the path, or -errno: ttyname_r(3) returns the errno itself.
Napi::Value TtyName(Call info) {
  char path[PATH_MAX];
  const int error = ttyname_r(Int(info[0]), path, sizeof path);
  if (error != 0) return Napi::Number::New(info.Env(), -error);
  return Napi::String::New(info.Env(), path);
}

Napi::Value Unshare(Call info) { return Result(info.Env(), unshare(Int(info[0]))); }

Napi::Value Setns(Call info) { return Result(info.Env(), setns(Int(info[0]), Int(info[1]))); }

// mknod(2) subtracts the umask from the mode, so chmod(2) sets it again.
Napi::Value Mknod(Call info) {
  const Text path(info[0]);
  const mode_t mode = Int(info[1]);
  if (mknod(path.OrNull(), mode, makedev(Int(info[2]), Int(info[3]))) == -1)
    return Result(info.Env(), -1);
  return Result(info.Env(), chmod(path.OrNull(), mode & 07777));
}

Napi::Value Flock(Call info) { return Result(info.Env(), flock(Int(info[0]), Int(info[1]))); }

uint64_t Set(const Napi::Value& value) {
  bool lossless;
  return value.As<Napi::BigInt>().Uint64Value(&lossless);
}

// The kernel takes each set as two halves, the lower one first.
Napi::Value Capset(Call info) {
  const uint64_t effective = Set(info[0]), permitted = Set(info[1]), inheritable = Set(info[2]);
  __user_cap_header_struct this_thread = {_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct halves[2];
  for (int half = 0; half < 2; half++) {
    halves[half].effective = static_cast<uint32_t>(effective >> (32 * half));
    halves[half].permitted = static_cast<uint32_t>(permitted >> (32 * half));
    halves[half].inheritable = static_cast<uint32_t>(inheritable >> (32 * half));
  }
  return Result(info.Env(), syscall(SYS_capset, &this_thread, halves));
}

// The kernel wants 0 for arguments that an option doesn't use.
Napi::Value Prctl(Call info) {
  const auto value = static_cast<unsigned long>(Int(info[1]));
  return Result(info.Env(), prctl(Int(info[0]), value, 0UL, 0UL, 0UL));
}
}  // namespace

void InitSyscalls(Napi::Env env, Napi::Object exports) {
  exports.Set("sethostname", Napi::Function::New(env, SetHostname));
  exports.Set("mount", Napi::Function::New(env, Mount));
  exports.Set("umount2", Napi::Function::New(env, Umount2));
  exports.Set("openTree", Napi::Function::New(env, OpenTree));
  exports.Set("moveMount", Napi::Function::New(env, MoveMount));
  exports.Set("mountSetattr", Napi::Function::New(env, MountSetattr));
  exports.Set("chroot", Napi::Function::New(env, Chroot));
  exports.Set("pivotRoot", Napi::Function::New(env, PivotRoot));
  exports.Set("exit", Napi::Function::New(env, Exit));
  exports.Set("ttyname", Napi::Function::New(env, TtyName));
  exports.Set("unshare", Napi::Function::New(env, Unshare));
  exports.Set("setns", Napi::Function::New(env, Setns));
  exports.Set("mknod", Napi::Function::New(env, Mknod));
  exports.Set("flock", Napi::Function::New(env, Flock));
  exports.Set("capset", Napi::Function::New(env, Capset));
  exports.Set("prctl", Napi::Function::New(env, Prctl));
}
