// Job control: a shell's job stops and goes on as a whole, with the container in it.
#pragma once

#include "signals.h"
#include "spawn.h"

/// Stops the child and this process if one of the signals asks for that, until a shell continues
/// them. The kernel stops no PID 1 for a signal of the terminal: we do it with SIGSTOP.
void StopJob(Child* child, const Signals& signals);

/// Whether the child is a job in the background that may take the terminal: in its namespace, the
/// terminal's group and its own both look like 0, so a shell there believes it's in the foreground.
bool MayTakeTerminal(const Child& child);

/// If it did take it, gives it back and stops the job, as a shell in the background stops itself.
void GuardTerminal(Child* child);
