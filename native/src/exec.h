// A program to execute. All its strings are in C memory: nothing may be allocated between clone
// and exec.
#pragma once

#include <napi.h>
#include <signal.h>

#include <string>
#include <vector>

class Program {
 public:
  /// paths: where to look for the file, in this order. argv and envp: arrays of strings.
  /// shell_scripts: whether /bin/sh runs a script that has no #! line.
  Program(const Napi::Value& paths, const Napi::Value& argv, const Napi::Value& envp,
          bool shell_scripts);
  Program(const Program&) = delete;

  /// Becomes the program, with this signal mask. Returns only if that failed, with the errno.
  /// Async-signal-safe.
  int Exec(const sigset_t& mask) const;

 private:
  int ExecPath(const char* path) const;
  std::vector<std::string> paths_, argv_, envp_;
  bool shell_scripts_;
  std::vector<char*> argv_pointers_, envp_pointers_;
  mutable std::vector<char*> shell_pointers_;
};
