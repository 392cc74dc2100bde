// The numbers of system calls on this machine, by name: all that Linux has or had on x64 and arm64.
#include <napi.h>
#include <sys/syscall.h>

#include <cctype>
#include <cstdlib>

// Each kind of machine numbers the old ones differently, and may lack some: the headers know.
// TEXT(SYS_read) is "0", and TEXT(SYS_iopl) is "SYS_iopl" where there is no such call.
#define QUOTE(word) #word
#define TEXT(word) QUOTE(word)
#define OLD(name) {#name, TEXT(SYS_##name)},
// From 424 on, numbers are the same everywhere. Headers may be older than the kernel.
#define NEW(number, name) {#name, #number},

static const struct {
  const char* name;
  const char* number;
} kCalls[] = {
    // clang-format off
    OLD(accept) OLD(accept4) OLD(access) OLD(acct) OLD(add_key) OLD(adjtimex) OLD(afs_syscall)
    OLD(alarm) OLD(arch_prctl) OLD(bind) OLD(bpf) OLD(brk) OLD(capget) OLD(capset) OLD(chdir)
    OLD(chmod) OLD(chown) OLD(chroot) OLD(clock_adjtime) OLD(clock_getres) OLD(clock_gettime)
    OLD(clock_nanosleep) OLD(clock_settime) OLD(clone) OLD(close) OLD(connect) OLD(copy_file_range)
    OLD(creat) OLD(create_module) OLD(delete_module) OLD(dup) OLD(dup2) OLD(dup3) OLD(epoll_create)
    OLD(epoll_create1) OLD(epoll_ctl) OLD(epoll_ctl_old) OLD(epoll_pwait) OLD(epoll_wait)
    OLD(epoll_wait_old) OLD(eventfd) OLD(eventfd2) OLD(execve) OLD(execveat) OLD(exit)
    OLD(exit_group) OLD(faccessat) OLD(fadvise64) OLD(fallocate) OLD(fanotify_init)
    OLD(fanotify_mark) OLD(fchdir) OLD(fchmod) OLD(fchmodat) OLD(fchown) OLD(fchownat) OLD(fcntl)
    OLD(fdatasync) OLD(fgetxattr) OLD(finit_module) OLD(flistxattr) OLD(flock) OLD(fork)
    OLD(fremovexattr) OLD(fsetxattr) OLD(fstat) OLD(fstatfs) OLD(fsync) OLD(ftruncate) OLD(futex)
    OLD(futimesat) OLD(get_kernel_syms) OLD(get_mempolicy) OLD(get_robust_list) OLD(get_thread_area)
    OLD(getcpu) OLD(getcwd) OLD(getdents) OLD(getdents64) OLD(getegid) OLD(geteuid) OLD(getgid)
    OLD(getgroups) OLD(getitimer) OLD(getpeername) OLD(getpgid) OLD(getpgrp) OLD(getpid)
    OLD(getpmsg) OLD(getppid) OLD(getpriority) OLD(getrandom) OLD(getresgid) OLD(getresuid)
    OLD(getrlimit) OLD(getrusage) OLD(getsid) OLD(getsockname) OLD(getsockopt) OLD(gettid)
    OLD(gettimeofday) OLD(getuid) OLD(getxattr) OLD(init_module) OLD(inotify_add_watch)
    OLD(inotify_init) OLD(inotify_init1) OLD(inotify_rm_watch) OLD(io_cancel) OLD(io_destroy)
    OLD(io_getevents) OLD(io_pgetevents) OLD(io_setup) OLD(io_submit) OLD(ioctl) OLD(ioperm)
    OLD(iopl) OLD(ioprio_get) OLD(ioprio_set) OLD(kcmp) OLD(kexec_file_load) OLD(kexec_load)
    OLD(keyctl) OLD(kill) OLD(lchown) OLD(lgetxattr) OLD(link) OLD(linkat) OLD(listen)
    OLD(listxattr) OLD(llistxattr) OLD(lookup_dcookie) OLD(lremovexattr) OLD(lseek) OLD(lsetxattr)
    OLD(lstat) OLD(madvise) OLD(mbind) OLD(membarrier) OLD(memfd_create) OLD(migrate_pages)
    OLD(mincore) OLD(mkdir) OLD(mkdirat) OLD(mknod) OLD(mknodat) OLD(mlock) OLD(mlock2)
    OLD(mlockall) OLD(mmap) OLD(modify_ldt) OLD(mount) OLD(move_pages) OLD(mprotect)
    OLD(mq_getsetattr) OLD(mq_notify) OLD(mq_open) OLD(mq_timedreceive) OLD(mq_timedsend)
    OLD(mq_unlink) OLD(mremap) OLD(msgctl) OLD(msgget) OLD(msgrcv) OLD(msgsnd) OLD(msync)
    OLD(munlock) OLD(munlockall) OLD(munmap) OLD(name_to_handle_at) OLD(nanosleep) OLD(newfstatat)
    OLD(nfsservctl) OLD(open) OLD(open_by_handle_at) OLD(openat) OLD(pause) OLD(perf_event_open)
    OLD(personality) OLD(pipe) OLD(pipe2) OLD(pivot_root) OLD(pkey_alloc) OLD(pkey_free)
    OLD(pkey_mprotect) OLD(poll) OLD(ppoll) OLD(prctl) OLD(pread64) OLD(preadv) OLD(preadv2)
    OLD(prlimit64) OLD(process_vm_readv) OLD(process_vm_writev) OLD(pselect6) OLD(ptrace)
    OLD(putpmsg) OLD(pwrite64) OLD(pwritev) OLD(pwritev2) OLD(query_module) OLD(quotactl) OLD(read)
    OLD(readahead) OLD(readlink) OLD(readlinkat) OLD(readv) OLD(reboot) OLD(recvfrom) OLD(recvmmsg)
    OLD(recvmsg) OLD(remap_file_pages) OLD(removexattr) OLD(rename) OLD(renameat) OLD(renameat2)
    OLD(request_key) OLD(restart_syscall) OLD(rmdir) OLD(rseq) OLD(rt_sigaction) OLD(rt_sigpending)
    OLD(rt_sigprocmask) OLD(rt_sigqueueinfo) OLD(rt_sigreturn) OLD(rt_sigsuspend)
    OLD(rt_sigtimedwait) OLD(rt_tgsigqueueinfo) OLD(sched_get_priority_max)
    OLD(sched_get_priority_min) OLD(sched_getaffinity) OLD(sched_getattr) OLD(sched_getparam)
    OLD(sched_getscheduler) OLD(sched_rr_get_interval) OLD(sched_setaffinity) OLD(sched_setattr)
    OLD(sched_setparam) OLD(sched_setscheduler) OLD(sched_yield) OLD(seccomp) OLD(security)
    OLD(select) OLD(semctl) OLD(semget) OLD(semop) OLD(semtimedop) OLD(sendfile) OLD(sendmmsg)
    OLD(sendmsg) OLD(sendto) OLD(set_mempolicy) OLD(set_robust_list) OLD(set_thread_area)
    OLD(set_tid_address) OLD(setdomainname) OLD(setfsgid) OLD(setfsuid) OLD(setgid) OLD(setgroups)
    OLD(sethostname) OLD(setitimer) OLD(setns) OLD(setpgid) OLD(setpriority) OLD(setregid)
    OLD(setresgid) OLD(setresuid) OLD(setreuid) OLD(setrlimit) OLD(setsid) OLD(setsockopt)
    OLD(settimeofday) OLD(setuid) OLD(setxattr) OLD(shmat) OLD(shmctl) OLD(shmdt) OLD(shmget)
    OLD(shutdown) OLD(sigaltstack) OLD(signalfd) OLD(signalfd4) OLD(socket) OLD(socketpair)
    OLD(splice) OLD(stat) OLD(statfs) OLD(statx) OLD(swapoff) OLD(swapon) OLD(symlink)
    OLD(symlinkat) OLD(sync) OLD(sync_file_range) OLD(syncfs) OLD(_sysctl) OLD(sysfs) OLD(sysinfo)
    OLD(syslog) OLD(tee) OLD(tgkill) OLD(time) OLD(timer_create) OLD(timer_delete)
    OLD(timer_getoverrun) OLD(timer_gettime) OLD(timer_settime) OLD(timerfd_create)
    OLD(timerfd_gettime) OLD(timerfd_settime) OLD(times) OLD(tkill) OLD(truncate) OLD(tuxcall)
    OLD(umask) OLD(umount2) OLD(uname) OLD(unlink) OLD(unlinkat) OLD(unshare) OLD(uselib)
    OLD(userfaultfd) OLD(ustat) OLD(utime) OLD(utimensat) OLD(utimes) OLD(vfork) OLD(vhangup)
    OLD(vmsplice) OLD(vserver) OLD(wait4) OLD(waitid) OLD(write) OLD(writev)

    NEW(424, pidfd_send_signal) NEW(425, io_uring_setup) NEW(426, io_uring_enter) NEW(427,
    io_uring_register) NEW(428, open_tree) NEW(429, move_mount) NEW(430, fsopen) NEW(431, fsconfig)
    NEW(432, fsmount) NEW(433, fspick) NEW(434, pidfd_open) NEW(435, clone3) NEW(436, close_range)
    NEW(437, openat2) NEW(438, pidfd_getfd) NEW(439, faccessat2) NEW(440, process_madvise) NEW(441,
    epoll_pwait2) NEW(442, mount_setattr) NEW(443, quotactl_fd) NEW(444, landlock_create_ruleset)
    NEW(445, landlock_add_rule) NEW(446, landlock_restrict_self) NEW(447, memfd_secret) NEW(448,
    process_mrelease) NEW(449, futex_waitv) NEW(450, set_mempolicy_home_node) NEW(451, cachestat)
    NEW(452, fchmodat2) NEW(453, map_shadow_stack) NEW(454, futex_wake) NEW(455, futex_wait)
    NEW(456, futex_requeue) NEW(457, statmount) NEW(458, listmount) NEW(459, lsm_get_self_attr)
    NEW(460, lsm_set_self_attr) NEW(461, lsm_list_modules) NEW(462, mseal) NEW(463, setxattrat)
    NEW(464, getxattrat) NEW(465, listxattrat) NEW(466, removexattrat) NEW(467, open_tree_attr)
    NEW(468, file_getattr) NEW(469, file_setattr)
    // clang-format on
};

void InitNumbers(Napi::Env env, Napi::Object exports) {
  Napi::Object numbers = Napi::Object::New(env);
  for (const auto& [name, number] : kCalls)
    numbers.Set(name, isdigit(*number) ? Napi::Number::New(env, atoi(number)) : env.Undefined());
  exports.Set("numbers", numbers);
}
