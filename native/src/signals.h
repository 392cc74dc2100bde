// While a child runs, signals sent to this process are meant for the child.
#pragma once

#include <signal.h>

#include <cstdint>

/// Sets of signals: bit n - 1 stands for signal n.
struct Signals {
  uint64_t arrived = 0;
  uint64_t missed = 0;  // those that the child didn't also get from the terminal
  static constexpr uint64_t Bit(int signal) { return uint64_t{1} << (signal - 1); }
  bool Has(int signal) const { return arrived & Bit(signal); }
};

/// Records SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGWINCH and the terminal's stop
/// signals, and makes the eventfd `event` readable when one arrives. Returns a slot, or -1 if too
/// many children run at once.
int CatchSignals(int event);
/// The signals since the last call.
Signals TakeSignals(int slot);
/// Lets the signal have its own effect on this process, which is to stop it; returns when it's
/// continued. Without a shell that would continue it, the kernel doesn't stop it. `group`: the
/// process group too, as the terminal does.
void StopSelf(int signal, bool group);
/// Frees the slot; nothing writes to `event` any more. The last child's end restores the handlers
/// that this process had before.
void StopCatching(int slot);

/// Blocks all signals in this thread for as long as it lives.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &mask_);
  }
  ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &mask_, nullptr); }
  /// The mask before.
  const sigset_t& mask() const { return mask_; }

 private:
  sigset_t mask_;
};
