// While a child runs, the signals sent to this process are meant for it.
#pragma once

#include <signal.h>
#include <sys/types.h>

#include <cstdint>

/// Sets of signals: bit n - 1 stands for signal n.
struct Signals {
  uint64_t arrived = 0;
  uint64_t missed = 0;  // those of them that the child did not get from the terminal
  static constexpr uint64_t Bit(int signal) { return uint64_t{1} << (signal - 1); }
};

/// Takes note of SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2 and SIGWINCH, and makes the eventfd `event` readable.
/// Answers with a slot, or -1 when too many children run at once.
int CatchSignals(int event);
/// The signals since the last call.
Signals TakeSignals(int slot);
/// Ends it: `event` is not written to any more. With the last child, this process has its own handlers back.
void StopCatching(int slot);
