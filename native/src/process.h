// What /proc tells about a process.
#pragma once

#include <sys/types.h>

#include <string>

/// Whether the process neither handles nor ignores nor blocks the signal.
bool HasDefaultAction(pid_t pid, int signal);

/// Whether the process handles or ignores the signal. It may block one only for a moment.
bool KnowsWhatToDo(pid_t pid, int signal);

/// Whether the process is still this program, re-executed, on its way to becoming the command.
bool IsStarting(pid_t pid);

/// The identity of its pid namespace, such as "pid:[4026531836]"; empty if it can't be read.
std::string PidNamespace(pid_t pid);
