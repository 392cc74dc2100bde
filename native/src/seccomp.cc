// A filter of system calls, for the calling thread: the one that executes a program later.
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "values.h"

namespace {
using Call = const Napi::CallbackInfo&;

// (operation, flags, program): the program is an array of struct sock_filter. The module has
// checked its length, which the kernel takes as 16 bits.
Napi::Value Seccomp(Call info) {
  auto bytes = info[2].As<Napi::Uint8Array>();
  sock_fprog program;
  program.len = static_cast<unsigned short>(bytes.ByteLength() / sizeof(sock_filter));
  program.filter = reinterpret_cast<sock_filter*>(bytes.Data());
  return Result(info.Env(), syscall(SYS_seccomp, Int(info[0]), Int(info[1]), &program));
}
}  // namespace

void InitSeccomp(Napi::Env env, Napi::Object exports) {
  exports.Set("seccomp", Napi::Function::New(env, Seccomp));
}
