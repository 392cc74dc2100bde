// The constants, with the values of this machine's headers.
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <napi.h>
#include <sched.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x00000080
#endif

#if defined(__x86_64__)
#define AUDIT_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define AUDIT_ARCH AUDIT_ARCH_AARCH64
#else
#define AUDIT_ARCH 0 // no machine's: nothing gets past a filter that compares it
#endif

#define CONSTANT(name) constants.Set(#name, Napi::Number::New(env, static_cast<double>(name)))

void InitConstants(Napi::Env env, Napi::Object exports) {
  Napi::Object constants = Napi::Object::New(env);
  CONSTANT(CLONE_FS);
  CONSTANT(CLONE_NEWCGROUP);
  CONSTANT(CLONE_NEWIPC);
  CONSTANT(CLONE_NEWNET);
  CONSTANT(CLONE_NEWNS);
  CONSTANT(CLONE_NEWPID);
  CONSTANT(CLONE_NEWTIME);
  CONSTANT(CLONE_NEWUSER);
  CONSTANT(CLONE_NEWUTS);

  CONSTANT(LOCK_EX);
  CONSTANT(LOCK_NB);
  CONSTANT(LOCK_SH);
  CONSTANT(LOCK_UN);

  CONSTANT(MNT_DETACH);
  CONSTANT(MS_BIND);
  CONSTANT(MS_MOVE);
  CONSTANT(MS_NODEV);
  CONSTANT(MS_NOEXEC);
  CONSTANT(MS_NOSUID);
  CONSTANT(MS_PRIVATE);
  CONSTANT(MS_RDONLY);
  CONSTANT(MS_REC);
  CONSTANT(MS_REMOUNT);
  CONSTANT(MS_SHARED);
  CONSTANT(MS_SLAVE);
  CONSTANT(UMOUNT_NOFOLLOW);

  CONSTANT(AUDIT_ARCH);
  CONSTANT(SECCOMP_RET_ALLOW);
  CONSTANT(SECCOMP_RET_ERRNO);
  CONSTANT(SECCOMP_RET_KILL_PROCESS);
  CONSTANT(SECCOMP_SET_MODE_FILTER);

  CONSTANT(S_IFBLK);
  CONSTANT(S_IFCHR);
  exports.Set("constants", constants);
}
