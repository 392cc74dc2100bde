#pragma once

#include <termios.h>

#include "exec.h"

/// A child between clone and its end.
struct Child {
  pid_t pid = -1;
  int pidfd = -1;
  int go = -1;     // the child waits for a byte here, and gives up at end of file: the parent is gone
  int error = -1;  // closed by a successful exec; else the child writes what failed
  int slot = -1;   // of the signals passed on
  bool init = false;  // PID 1 of a new pid namespace
  pid_t foreground = -1;  // the terminal's foreground group when it was started
  struct termios terminal = {};
};
