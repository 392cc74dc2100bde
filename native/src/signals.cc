// The signal handler and what it records for each running child.
#include "signals.h"

#include <sched.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <mutex>

namespace {
constexpr int kCaught[] = {SIGHUP,  SIGINT,   SIGQUIT, SIGTERM, SIGUSR1,
                           SIGUSR2, SIGWINCH, SIGTSTP, SIGTTIN, SIGTTOU};
constexpr int kCount = sizeof(kCaught) / sizeof(*kCaught);
constexpr int kSlots = 1024;

struct Slot {
  std::atomic<int> event{-1};
  std::atomic<uint64_t> arrived{0};
  std::atomic<uint64_t> missed{0};
};
Slot slots[kSlots];
std::atomic<int> running{0};  // threads that are in the handler now

std::mutex mutex;  // guards what follows: worker threads may start children too
struct sigaction previous[kCount];
int children = 0;

// The terminal signals its whole foreground group, so the child as well. Only the SIGHUP of a
// terminal that went away is for the session leader alone.
bool ChildHasIt(int signal, const siginfo_t* info) {
  return info->si_code == SI_KERNEL && !(signal == SIGHUP && getsid(0) == getpid());
}

void Note(int signal, siginfo_t* info, void*) {
  const int saved = errno;
  running++;
  for (Slot& slot : slots) {
    const int event = slot.event.load();
    if (event == -1) continue;
    if (!ChildHasIt(signal, info)) slot.missed |= Signals::Bit(signal);
    slot.arrived |= Signals::Bit(signal);
    const uint64_t one = 1;
    if (write(event, &one, sizeof one) == -1) continue;  // full: it's readable already
  }
  running--;
  errno = saved;
}

void Install() {
  struct sigaction action = {};
  action.sa_sigaction = Note;
  action.sa_flags = SA_SIGINFO | SA_RESTART;
  for (int i = 0; i < kCount; i++) sigaction(kCaught[i], &action, &previous[i]);
}

// Keeps a handler that the program has set in the meantime.
void Restore() {
  for (int i = 0; i < kCount; i++) {
    struct sigaction now = {};
    sigaction(kCaught[i], nullptr, &now);
    if (now.sa_sigaction == Note) sigaction(kCaught[i], &previous[i], nullptr);
  }
}
}  // namespace

int CatchSignals(int event) {
  std::lock_guard<std::mutex> lock(mutex);
  for (int i = 0; i < kSlots; i++) {
    if (slots[i].event.load() != -1) continue;
    slots[i].arrived = slots[i].missed = 0;
    slots[i].event = event;
    if (children++ == 0) Install();
    return i;
  }
  return -1;
}

Signals TakeSignals(int slot) {
  Signals signals;
  signals.arrived = slots[slot].arrived.exchange(0);
  signals.missed = slots[slot].missed.exchange(0);
  return signals;
}

void StopSelf(int signal, bool group) {
  std::lock_guard<std::mutex> lock(mutex);
  struct sigaction caught = {}, action = {};
  // Forgets those that wait, and ignores the group's: each one would stop this process once more.
  action.sa_handler = SIG_IGN;
  sigaction(signal, &action, &caught);
  if (group) kill(0, signal);
  action.sa_handler = SIG_DFL;
  sigaction(signal, &action, nullptr);
  sigset_t only, mask;
  sigemptyset(&only);
  sigaddset(&only, signal);
  pthread_sigmask(SIG_UNBLOCK, &only, &mask);
  raise(signal);  // on this thread, which therefore doesn't run on
  pthread_sigmask(SIG_SETMASK, &mask, nullptr);
  sigaction(signal, &caught, nullptr);
}

void StopCatching(int slot) {
  std::lock_guard<std::mutex> lock(mutex);
  if (--children == 0) Restore();
  slots[slot].event = -1;
  // A handler on another thread may still be writing to the descriptor.
  while (running.load() > 0) sched_yield();
}
