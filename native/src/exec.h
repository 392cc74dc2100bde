// A program to execute, with every string already in C memory: between clone and exec nothing may be allocated.
#pragma once

#include "addon.h"

#include <signal.h>

class Program {
 public:
  /// paths: where to look for it, in this order; argv and envp: arrays of strings; shell_scripts: whether a script
  /// without #! is the shell's.
  Program(const Napi::Value& paths, const Napi::Value& argv, const Napi::Value& envp, bool shell_scripts);
  Program(const Program&) = delete;

  /// Becomes the program. Comes back only in failure, with the errno. Async-signal-safe.
  int Exec(const sigset_t& mask) const;

 private:
  int ExecPath(const char* path) const;
  std::vector<std::string> paths_, argv_, envp_;
  bool shell_scripts_;
  std::vector<char*> argv_pointers_, envp_pointers_;
  mutable std::vector<char*> shell_pointers_;
};
