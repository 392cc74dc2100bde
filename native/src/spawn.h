#pragma once

#include <termios.h>

#include <memory>

#include "exec.h"

/// A child between clone and its end.
struct Child {
  pid_t pid = -1;
  int pidfd = -1;
  int go = -1;     // the child waits for a byte here, and gives up at end of file: the parent is gone
  int error = -1;  // closed by a successful exec; else the child writes what failed
  int event = -1;  // readable when a signal came in that is meant for the child
  int slot = -1;   // of those signals
  bool init = false;  // PID 1 of a new pid namespace
  pid_t foreground = -1;  // the terminal's foreground group when it was started
  struct termios terminal = {};

  Child() = default;
  Child(const Child&) = delete;
  ~Child() { Close(); }
  /// Gives back all descriptors, and the signals to this process.
  void Close();
};

/// JavaScript has a share in it, and so has the thread that waits: a worker may end before its child.
using ChildPointer = std::shared_ptr<Child>;

inline ChildPointer Unwrap(const Napi::CallbackInfo& info) {
  return *info[0].As<Napi::External<ChildPointer>>().Data();
}
