// While a child runs, the signals sent to this process are meant for it.
#pragma once

#include <signal.h>
#include <sys/types.h>

/// Passes SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2 and SIGWINCH on to the child behind `pidfd`.
/// Answers with a slot, or -1 when too many children run at once to pass anything on.
int ForwardSignals(int pidfd);
/// Ends it; with the last child, this process has its own handlers back. On the main thread.
void StopForwarding(int slot);
/// A descriptor that becomes readable when a signal came in for that child, and the last such signal.
int SignalEvent(int slot);
int LastSignal(int slot);
