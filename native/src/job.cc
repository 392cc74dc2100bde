#include "job.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "process.h"
#include "send.h"

namespace {
constexpr int kStops[] = {SIGTSTP, SIGTTIN, SIGTTOU};

bool IsForeground() { return tcgetpgrp(0) == getpgrp(); }

// Waits until the child has stopped or ended. Until then, it may still signal this group.
void Stop(const Child& child) {
  Send(child, SIGSTOP);
  siginfo_t state;
  while (waitid(P_PID, child.pid, &state, WSTOPPED | WEXITED | WNOWAIT) == -1 && errno == EINTR) {}
}

void Continue(const Child& child) {
  Send(child, SIGCONT);
  if (child.init) SendToGroup(child, SIGCONT);
}

// After fg, the group that took the terminal gets it. After bg, the job stops again.
void GiveBack(Child* child) {
  if (!IsForeground()) return StopSelf(SIGTTIN, true);
  tcsetpgrp(0, child->taken);
  child->taken = -1;
  child->foreground = getpgrp();
  Continue(*child);
}
}  // namespace

void StopJob(Child* child, const Signals& signals) {
  for (const int signal : kStops) {
    if (!signals.Has(signal)) continue;
    if (signal != SIGTSTP && IsForeground()) continue;  // it's from before the last fg
    if (child->init && KnowsWhatToDo(child->pid, signal)) continue;
    if (child->init) Stop(*child);
    StopSelf(signal, false);
    if (IsForeground()) child->foreground = getpgrp();
    Continue(*child);
  }
}

bool MayTakeTerminal(const Child& child) {
  return child.init && child.foreground != -1 && child.foreground != getpgrp();
}

void GuardTerminal(Child* child) {
  if (!MayTakeTerminal(*child)) return;
  if (child->taken != -1) return GiveBack(child);
  const pid_t now = tcgetpgrp(0);
  const std::string space = PidNamespace(child->pid);
  if (now == -1 || space.empty()) return;
  if (PidNamespace(now) != space) {
    child->foreground = now;  // the shell's other jobs have it in turn
    return;
  }
  child->taken = now;
  Stop(*child);
  tcsetpgrp(0, child->foreground);
  StopSelf(SIGTTIN, true);  // the whole job, npm too
}
