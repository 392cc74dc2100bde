// A second process, which kills a child should this one be killed.
#pragma once

#include <sys/types.h>

#include <atomic>

/// PR_SET_PDEATHSIG alone isn't enough: the kernel forgets it when the child changes its user, as
/// su and sudo do.
class Keeper {
 public:
  /// Starts the process. It ends with this one, or by Stop(). Returns 0 or the errno.
  int Start(int pidfd);
  /// Any thread may call it.
  void Stop();

 private:
  std::atomic<pid_t> pid_{-1};
  int life_ = -1;  // nobody writes to this pipe: its end of file is the end of this process
};
