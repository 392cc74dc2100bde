#include "signals.h"

#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>

namespace {
constexpr int kForwarded[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGWINCH};
constexpr int kCount = sizeof(kForwarded) / sizeof(*kForwarded);

struct Slot {
  std::atomic<int> pidfd{-1};
  std::atomic<int> event{-1};
  std::atomic<int> signal{0};
};
Slot slots[1024];
struct sigaction previous[kCount];
std::atomic<int> children{0};

// What the terminal sends (SI_KERNEL) reached the child by itself: it goes to the whole foreground group.
void Forward(int signal, siginfo_t* info, void*) {
  const int saved = errno;
  for (Slot& slot : slots) {
    const int pidfd = slot.pidfd.load();
    if (pidfd == -1) continue;
    if (info->si_code != SI_KERNEL) syscall(SYS_pidfd_send_signal, pidfd, signal, nullptr, 0);
    slot.signal.store(signal);
    const uint64_t one = 1;
    if (write(slot.event.load(), &one, sizeof one) == -1) break;
  }
  errno = saved;
}

void Install() {
  struct sigaction action = {};
  action.sa_sigaction = Forward;
  action.sa_flags = SA_SIGINFO | SA_RESTART;
  for (int i = 0; i < kCount; i++) sigaction(kForwarded[i], &action, &previous[i]);
}

void Restore() {
  for (int i = 0; i < kCount; i++) sigaction(kForwarded[i], &previous[i], nullptr);
}
}  // namespace

int ForwardSignals(int pidfd) {
  for (int i = 0; i < static_cast<int>(sizeof slots / sizeof *slots); i++) {
    if (slots[i].pidfd.load() != -1) continue;
    slots[i].event.store(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    slots[i].signal.store(0);
    slots[i].pidfd.store(pidfd);
    if (children++ == 0) Install();
    return i;
  }
  return -1;
}

void StopForwarding(int slot) {
  if (slot == -1) return;
  if (--children == 0) Restore();
  slots[slot].pidfd.store(-1);
  close(slots[slot].event.exchange(-1));
}

int SignalEvent(int slot) { return slot == -1 ? -1 : slots[slot].event.load(); }
int LastSignal(int slot) { return slots[slot].signal.exchange(0); }
