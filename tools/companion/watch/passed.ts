// What is said when a step holds: why it works, and what to look at.

type Passed = {
  /** One sentence: why it works. */
  why: string
  /** What to try, or to look at from a second terminal. */
  look: string
}

const container = 'npm run step -- my-container/main.ts /bin/sh'

export const passed: Record<string, Passed> = {
  '01-exec': {
    why: 'First clone(2) makes a process, then execve(2) turns it into the command, with the descriptors and the environment that you give it.',
    look: "npm run step -- my-container/main.ts /bin/sh -c 'exit 7'; echo $?",
  },
  '02-uts': {
    why: 'The name lives in the UTS namespace, and yours is a copy: the host keeps its own.',
    look: `${container}, and in there \`hostname changed\`; then \`hostname\` on the host`,
  },
  '03-pid': {
    why: 'The first process in a PID namespace is 1, and when it ends the kernel ends all the others.',
    look: 'the two numbers of one process, on the host: grep NSpid /proc/$(pgrep -nxf /bin/sh)/status',
  },
  '04-mount': {
    why: 'The container has its own list of mounts, and because it is private nothing that changes in it reaches the host.',
    look: `${container}, and in there \`ps\`; on the host: findmnt -N $(pgrep -nxf /bin/sh)`,
  },
  '05-chroot': {
    why: 'A path that begins with / starts in the rootfs now, and so does the working directory.',
    look: 'what the host still knows: sudo ls -l /proc/$(pgrep -nxf /bin/sh)/root',
  },
  '06-pivot-root': {
    why: "What isn't in the list of mounts can't be reached, and pivot_root(2) and umount2(2) took the host's root off it.",
    look: 'how short the list is now: sudo cat /proc/$(pgrep -nxf /bin/sh)/mountinfo',
  },
  '07-cgroups': {
    why: 'The process is in its group before it starts anything, so all that comes after it counts too.',
    look: `npm run step -- my-container/main.ts --pids 20 /bin/sh, and in there: f() { f | f & }; f`,
  },
  '08-net': {
    why: 'What goes into one end of a veth pair comes out at the other, and the bridge joins the ends on the host.',
    look: 'the ends on the host: ip link show master container0',
  },
  '09-nat': {
    why: "The host puts its own address in place of the container's, so answers find the way back.",
    look: 'the rule, while a container runs: sudo nft list ruleset',
  },
  '10-ipc': {
    why: 'Queues and shared memory belong to an IPC namespace, and a number means something else in each.',
    look: `${container}, and in there \`ipcs\`; on the host too`,
  },
  '11-overlay': {
    why: 'Writing goes to the upper directory only, so the rootfs below serves all containers unchanged.',
    look: `${container}, and in there \`rm -r /bin/vi; df /\`; then look into rootfs/busybox/bin`,
  },
  '12-capabilities': {
    why: "A power that isn't in the bounding set can't come back, not even by execve(2) of a program of root's.",
    look: 'the sets: grep Cap /proc/$(pgrep -nxf /bin/sh)/status',
  },
  '13-seccomp': {
    why: 'The kernel runs your filter before each system call, and no program can take it off again.',
    look: 'grep Seccomp /proc/$(pgrep -nxf /bin/sh)/status',
  },
  '14-user': {
    why: 'The kernel compares the ids outside the user namespace, and out there root is nobody.',
    look: 'whose the shell is, on the host: ps -o user,uid,args -p $(pgrep -nxf /bin/sh)',
  },
}
