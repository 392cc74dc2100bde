// A child of spawn(), as spawn.cc and wait.cc share it.
#pragma once

#include <napi.h>
#include <sys/types.h>
#include <termios.h>

#include <memory>

#include "keeper.h"

/// A child between clone and its end.
struct Child {
  static constexpr char kGo = 'g';      // what the child waits for in its pause
  static constexpr char kGiveUp = 'n';  // what makes it exit there

  pid_t pid = -1;
  int pidfd = -1;
  int go = -1;     // the child waits here for a byte, and gives up at end of file: no parent
  int error = -1;  // the child writes here what failed; a successful exec closes it
  int event = -1;  // readable when a signal arrived that is meant for the child
  int slot = -1;   // where those signals are recorded
  Keeper keeper;   // kills the child should this process be killed
  bool init = false;      // PID 1 of a new pid namespace
  pid_t foreground = -1;  // the terminal's foreground group, as far as it's the host's
  pid_t taken = -1;       // a group of the container that took it from there
  struct termios terminal = {};

  Child() = default;
  Child(const Child&) = delete;
  ~Child() { Close(); }
  /// Closes all descriptors and stops catching signals.
  void Close();
};

/// Takes a descriptor out of its place.
inline int Take(int& fd) {
  const int taken = fd;
  fd = -1;
  return taken;
}

/// Shared between JavaScript and the thread that waits: a worker may end before its child does.
using ChildPointer = std::shared_ptr<Child>;

inline ChildPointer Unwrap(const Napi::CallbackInfo& info) {
  return *info[0].As<Napi::External<ChildPointer>>().Data();
}
