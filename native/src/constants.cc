// The constants, with the values that this machine's headers give them.
#include "addon.h"

#include <sched.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x00000080
#endif

#define CONSTANT(name) constants.Set(#name, Napi::Number::New(env, static_cast<double>(name)))

void InitConstants(Napi::Env env, Napi::Object exports) {
  Napi::Object constants = Napi::Object::New(env);
  CONSTANT(CLONE_NEWCGROUP);
  CONSTANT(CLONE_NEWIPC);
  CONSTANT(CLONE_NEWNET);
  CONSTANT(CLONE_NEWNS);
  CONSTANT(CLONE_NEWPID);
  CONSTANT(CLONE_NEWTIME);
  CONSTANT(CLONE_NEWUSER);
  CONSTANT(CLONE_NEWUTS);
  CONSTANT(CLONE_FS);

  CONSTANT(MS_BIND);
  CONSTANT(MS_MOVE);
  CONSTANT(MS_NOATIME);
  CONSTANT(MS_NODEV);
  CONSTANT(MS_NOEXEC);
  CONSTANT(MS_NOSUID);
  CONSTANT(MS_PRIVATE);
  CONSTANT(MS_RDONLY);
  CONSTANT(MS_REC);
  CONSTANT(MS_REMOUNT);
  CONSTANT(MS_SHARED);
  CONSTANT(MS_SLAVE);
  CONSTANT(MS_STRICTATIME);
  CONSTANT(MS_UNBINDABLE);
  CONSTANT(MNT_DETACH);
  CONSTANT(MNT_EXPIRE);
  CONSTANT(MNT_FORCE);
  CONSTANT(UMOUNT_NOFOLLOW);

  CONSTANT(LOCK_EX);
  CONSTANT(LOCK_NB);
  CONSTANT(LOCK_SH);
  CONSTANT(LOCK_UN);

  CONSTANT(S_IFBLK);
  CONSTANT(S_IFCHR);
  CONSTANT(S_IFIFO);
  CONSTANT(S_IFREG);
  CONSTANT(S_IFSOCK);

  CONSTANT(PR_SET_CHILD_SUBREAPER);
  CONSTANT(PR_SET_DUMPABLE);
  CONSTANT(PR_SET_NO_NEW_PRIVS);
  CONSTANT(PR_SET_PDEATHSIG);

  CONSTANT(WNOHANG);
  CONSTANT(WUNTRACED);
  exports.Set("constants", constants);
}
