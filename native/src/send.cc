#include "send.h"

#include <dirent.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "process.h"

void Send(const Child& child, int signal) {
  syscall(SYS_pidfd_send_signal, child.pidfd, signal, nullptr, 0);
}

void SendToGroup(const Child& child, int signal) {
  const std::string space = PidNamespace(child.pid);
  DIR* proc = space.empty() ? nullptr : opendir("/proc");
  if (!proc) return;
  while (const dirent* entry = readdir(proc)) {
    const pid_t pid = atoi(entry->d_name);
    if (pid <= 0 || pid == child.pid || getpgid(pid) != getpgrp()) continue;
    if (PidNamespace(pid) == space) kill(pid, signal);
  }
  closedir(proc);
}
