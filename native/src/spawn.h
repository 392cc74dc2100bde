// A child of spawn(), as spawn.cc and wait.cc share it.
#pragma once

#include <napi.h>
#include <sys/types.h>
#include <termios.h>

#include <memory>

/// A child between clone and its end.
struct Child {
  pid_t pid = -1;
  int pidfd = -1;
  int go = -1;     // the child waits here for a byte, and gives up at end of file: no parent
  int error = -1;  // the child writes here what failed; a successful exec closes it
  int event = -1;  // readable when a signal arrived that is meant for the child
  int slot = -1;   // where those signals are recorded
  bool init = false;      // PID 1 of a new pid namespace
  pid_t foreground = -1;  // the terminal's foreground group when the child was started
  struct termios terminal = {};

  Child() = default;
  Child(const Child&) = delete;
  ~Child() { Close(); }
  /// Closes all descriptors and stops catching signals.
  void Close();
};

/// Shared between JavaScript and the thread that waits: a worker may end before its child does.
using ChildPointer = std::shared_ptr<Child>;

inline ChildPointer Unwrap(const Napi::CallbackInfo& info) {
  return *info[0].As<Napi::External<ChildPointer>>().Data();
}
