/**
 * The system calls a sandbox may make. What is not named fails with EPERM. Left out, among others: all that mounts,
 * makes or enters namespaces, traces or reads other processes, loads code into the kernel, and whole subsystems that
 * no function needs and kernel exploits like (bpf, io_uring, keyrings, userfaultfd, perf, System V IPC).
 */

const ALLOWED = `
  access alarm arch_prctl brk capget chdir chmod clock_getres clock_gettime clock_nanosleep close close_range
  copy_file_range dup dup2 dup3 epoll_create epoll_create1 epoll_ctl epoll_pwait epoll_pwait2 epoll_wait eventfd
  eventfd2 execve execveat exit exit_group faccessat faccessat2 fadvise64 fallocate fchdir fchmod fchmodat fchown
  fchownat fcntl fdatasync flock fork fstat fstatfs fsync ftruncate futex futex_waitv futimesat get_mempolicy
  get_robust_list get_thread_area getcpu getcwd getdents getdents64 getegid geteuid getgid getgroups getitimer
  getpeername getpgid getpgrp getpid getppid getpriority getrandom getresgid getresuid getrlimit getrusage getsid
  getsockname getsockopt gettid gettimeofday getuid getxattr inotify_add_watch inotify_init inotify_init1
  inotify_rm_watch ioctl kill lchown lgetxattr link linkat listen listxattr llistxattr lseek lstat madvise membarrier
  memfd_create mincore mkdir mkdirat mlock mlock2 mmap mprotect mremap msync munlock munmap nanosleep newfstatat
  open openat openat2 pause pidfd_open pidfd_send_signal pipe pipe2 poll ppoll prctl pread64 preadv preadv2 prlimit64
  pselect6 pwrite64 pwritev pwritev2 read readahead readlink readlinkat readv recvfrom recvmmsg recvmsg rename
  renameat renameat2 restart_syscall rmdir rseq rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo
  rt_sigreturn rt_sigsuspend rt_sigtimedwait sched_get_priority_max sched_get_priority_min sched_getaffinity
  sched_getattr sched_getparam sched_getscheduler sched_setaffinity sched_yield select sendfile sendmmsg sendmsg
  sendto set_robust_list set_tid_address setgid setgroups setitimer setpgid setpriority setresgid setresuid setrlimit
  setsid setsockopt setuid shutdown sigaltstack signalfd signalfd4 splice stat statfs statx symlink
  symlinkat sync_file_range sysinfo tee tgkill time timer_create timer_delete timer_getoverrun timer_gettime
  timer_settime timerfd_create timerfd_gettime timerfd_settime times tkill truncate umask uname unlink unlinkat utime
  utimensat utimes vfork wait4 waitid write writev accept accept4 bind connect
`
  .trim()
  .split(/\s+/);

/** Callers fall back to something older when they are told that these do not exist. */
const NOT_THERE = ['clone3', 'io_uring_setup', 'io_uring_enter', 'io_uring_register', 'rt_tgsigqueueinfo'];

/** CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET of sched.h. */
const NEW_NAMESPACES = 0x7e02_0000;
const AF_UNIX = 1;
const [EPERM, ENOSYS] = [1, 38];

const ARCHITECTURES: Partial<Record<NodeJS.Architecture, string>> = {
  x64: 'SCMP_ARCH_X86_64',
  arm64: 'SCMP_ARCH_AARCH64',
};

/** The `linux.seccomp` of an OCI configuration, or undefined where this machine's processor is none we know. */
export function seccompProfile(architecture: NodeJS.Architecture = process.arch): object | undefined {
  const name = ARCHITECTURES[architecture];
  if (name === undefined) return undefined;
  return {
    defaultAction: 'SCMP_ACT_ERRNO',
    defaultErrnoRet: EPERM,
    // The other sets of system calls a processor knows (32-bit, x32) end the process.
    architectures: [name],
    syscalls: [
      { names: ALLOWED, action: 'SCMP_ACT_ALLOW' },
      { names: NOT_THERE, action: 'SCMP_ACT_ERRNO', errnoRet: ENOSYS },
      {
        names: ['clone'],
        action: 'SCMP_ACT_ALLOW',
        args: [{ index: 0, value: NEW_NAMESPACES, valueTwo: 0, op: 'SCMP_CMP_MASKED_EQ' }],
      },
      {
        // Not even the families that a network namespace does not hold back, such as the machine's own vsock.
        names: ['socket', 'socketpair'],
        action: 'SCMP_ACT_ALLOW',
        args: [{ index: 0, value: AF_UNIX, op: 'SCMP_CMP_EQ' }],
      },
    ],
  };
}
