// What runs in the guest: /init of its initramfs, and the program that the host's root file system then goes on with.
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { find, shown } from '../../setup/programs.mjs'
import { root } from '../../setup/project.mjs'
import { Problem } from '../../setup/terminal.mjs'
import { modulesOf } from './modules.mjs'

const share = 'trans=virtio,version=9p2000.L,msize=1048576'

/** The first thing the guest writes: from here on it is the tests that one sees. */
export const ready = '\0ready\0'

/** Writes `initramfs` and `start` into a folder that the guest sees as /vm. */
export function writeGuest(folder, kernel, options) {
  const tree = join(folder, 'tree')
  const modules = modulesOf(kernel)
  for (const name of ['bin', 'modules', 'ro', 'rw', 'root'])
    mkdirSync(join(tree, name), { recursive: true })
  copyFileSync(busybox(), join(tree, 'bin/busybox'))
  for (const applet of ['sh', 'insmod', 'mount', 'mkdir', 'switch_root', 'poweroff'])
    symlinkSync('busybox', join(tree, 'bin', applet))
  for (const [name, content] of modules) writeFileSync(join(tree, 'modules', name), content)
  writeFileSync(join(tree, 'init'), init([...modules.keys()], options), { mode: 0o755 })
  const pack = 'cd "$0" && find . | busybox cpio -o -H newc > ../initramfs 2> /dev/null'
  execFileSync('sh', ['-c', pack, tree])
  rmSync(tree, { recursive: true })
  writeFileSync(join(folder, 'start'), start(options), { mode: 0o755 })
}

function busybox() {
  const path = find('busybox')
  if (!path)
    throw new Problem('The guest starts with a static busybox: apt-get install busybox-static')
  return path
}

// The host's root file system, read-only under a tmpfs.
const init = (modules, { cgroup }) => `#!/bin/sh
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

const cgroups = {
  v1,
  hybrid: `${v1}
mkdir /root/sys/fs/cgroup/unified
mount -t cgroup2 cgroup2 /root/sys/fs/cgroup/unified`,
  v2: 'mount -t cgroup2 cgroup2 /root/sys/fs/cgroup',
}

// The packages and the history are those of the host's checkout, all else is the frozen copy. All in one file system:
// what mounts the checkout somewhere else mounts all of it.
const start = ({ filters, shell, slowness, ownStep }) => `#!/bin/sh
${inTmp(root) || inTmp(process.execPath) ? '' : 'mount -t tmpfs -o mode=1777 tmp /tmp'}
export PATH=${shown([process.env.PATH])} HOME=/run/home TERM=${shell ? shown([process.env.TERM ?? 'linux']) : 'dumb'} CI=true TEST_SLOWNESS=${slowness} ${ownStep ? 'ONLY_OWN_STEP=1' : ''}
mkdir $HOME
checkout=${shown([root])}
cd "$checkout"
find . -mindepth 1 -maxdepth 1 ! -name node_modules ! -name .git -exec rm -rf {} +
tar -xf /run/vm/checkout.tar
ip link set lo up
hostname guest
printf '\\0ready\\0' > /dev/hvc0
${shell ? interactive : tests(filters)}
sync
busybox poweroff -f
`

const inTmp = (path) => path.startsWith('/tmp/')

// A terminal's settings last as long as somebody has it open.
const interactive = `size="rows ${process.stdout.rows || 24} cols ${process.stdout.columns || 80}"
setsid -c /bin/sh -c "stty $size; exec /bin/bash" < /dev/hvc0 > /dev/hvc0 2>&1
echo $? > /run/vm/status`

const tests = (filters) =>
  `{ ${shown([process.execPath, 'tools/run.mjs', 'test', ...filters])} 2>&1 < /dev/null; echo $? > /run/vm/status; } |
  { stty raw < /dev/hvc0; cat; } > /dev/hvc0`
