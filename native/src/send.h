// Sending signals to a child.
#pragma once

#include "spawn.h"

void Send(const Child& child, int signal);

/// Signals the other processes of the container that a Ctrl-C reaches: the foreground group's.
void SendToGroup(const Child& child, int signal);
