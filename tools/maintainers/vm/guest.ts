// What runs in the guest: /init of its initramfs, then a program on the host's root file system.
import { copyFileSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { find, shown } from '../../setup/programs.mjs'
import { root } from '../../setup/project.mjs'
import { Problem } from '../../setup/terminal.mjs'
import { succeeds } from '../run'
import type { Kernel } from './kernel'
import { modulesOf } from './modules'

export type Cgroups = 'v1' | 'hybrid' | 'v2'

export type Guest = { cgroup: Cgroups; filters: string[]; slowness: number }

const share = 'trans=virtio,version=9p2000.L,msize=1048576'

/** Writes `initramfs` and `start` into a folder that the guest sees as /run/vm. */
export async function writeGuest(folder: string, kernel: Kernel, guest: Guest): Promise<void> {
  const busybox = find('busybox')
  if (!busybox)
    throw new Problem('The guest starts with a static busybox: apt-get install busybox-static')
  const tree = join(folder, 'tree')
  const modules = modulesOf(kernel)
  for (const name of ['bin', 'modules', 'ro', 'rw', 'root'])
    mkdirSync(join(tree, name), { recursive: true })
  copyFileSync(busybox, join(tree, 'bin/busybox'))
  for (const applet of ['sh', 'insmod', 'mount', 'mkdir', 'switch_root', 'poweroff'])
    symlinkSync('busybox', join(tree, 'bin', applet))
  for (const [name, content] of modules) writeFileSync(join(tree, 'modules', name), content)
  writeFileSync(join(tree, 'init'), init([...modules.keys()], guest), { mode: 0o755 })
  const pack = 'find . | busybox cpio -o -H newc > ../initramfs'
  await succeeds(['sh', '-c', pack], { cwd: tree })
  rmSync(tree, { recursive: true })
  writeFileSync(join(folder, 'start'), start(guest), { mode: 0o755 })
}

// The host's root file system, read-only under a tmpfs.
const init = (modules: string[], { cgroup }: Guest) => `#!/bin/sh
export PATH=/bin
give_up() { echo "the guest could not $1"; poweroff -f; }
for module in ${modules.join(' ')}; do insmod /modules/$module || echo "no module $module"; done
mount -t 9p -o ${share},cache=loose,ro host /ro || give_up "mount the host's files"
mount -t tmpfs -o size=75% tmpfs /rw
mkdir /rw/upper /rw/work
mount -t overlay -o lowerdir=/ro,upperdir=/rw/upper,workdir=/rw/work overlay /root || give_up "mount an overlay"
mount -t proc proc /root/proc
mount -t sysfs sysfs /root/sys
mount -t devtmpfs dev /root/dev
mkdir -p /root/dev/pts /root/dev/shm /root/dev/mqueue
mount -t devpts -o mode=620,ptmxmode=666 devpts /root/dev/pts
mount -t tmpfs -o mode=1777 shm /root/dev/shm
mount -t mqueue mqueue /root/dev/mqueue
mount -t tmpfs -o mode=755 run /root/run
${cgroups[cgroup]}
mkdir /root/run/vm
mount -t 9p -o ${share},cache=none vm /root/run/vm || give_up "mount the folder of the tests"
exec switch_root /root /run/vm/start
`

const v1 = `mount -t tmpfs -o mode=755 cgroup /root/sys/fs/cgroup
for tree in memory pids cpu cpuset blkio devices freezer; do
  mkdir /root/sys/fs/cgroup/$tree
  mount -t cgroup -o $tree cgroup /root/sys/fs/cgroup/$tree || echo "this kernel has no cgroup v1 controller $tree"
done`

const cgroups: Record<Cgroups, string> = {
  v1,
  hybrid: `${v1}
mkdir /root/sys/fs/cgroup/unified
mount -t cgroup2 cgroup2 /root/sys/fs/cgroup/unified`,
  v2: 'mount -t cgroup2 cgroup2 /root/sys/fs/cgroup',
}

// The packages and the history are those of the host's checkout, the rest is the frozen copy. It's
// all in one file system, so that mounting the checkout elsewhere mounts all of it.
const start = (guest: Guest) => `#!/bin/sh
${[root, process.execPath].some(inTmp) ? '' : 'mount -t tmpfs -o mode=1777 tmp /tmp'}
export ${environment(guest)}
mkdir $HOME
checkout=${shown([root])}
cd "$checkout"
find . -mindepth 1 -maxdepth 1 ! -name node_modules ! -name .git -exec rm -rf {} +
tar -xf /run/vm/checkout.tar
ip link set lo up
hostname guest
${tests(guest.filters)}
sync
busybox poweroff -f
`

const inTmp = (path: string) => path.startsWith('/tmp/')

const environment = ({ slowness }: Guest) =>
  Object.entries({
    PATH: process.env.PATH ?? '',
    HOME: '/run/home',
    TERM: 'dumb',
    CI: 'true',
    TEST_SLOWNESS: `${slowness}`,
    TEST_STEPS: process.env.TEST_STEPS ?? 'all',
  })
    .map(([name, value]) => `${name}=${shown([value])}`)
    .join(' ')

// A terminal's settings last only as long as someone has it open.
const tests = (filters: string[]) => {
  const command = shown([process.execPath, 'tools/run.mjs', 'test:all', ...filters])
  return `{ ${command} 2>&1 < /dev/null; echo $? > /run/vm/status; } |
  { stty raw < /dev/hvc0; cat; } > /dev/hvc0`
}
