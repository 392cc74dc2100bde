import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs'
import * as path from 'node:path'
import * as linux from '#native/capability'
import { claim, quote } from './harness/claim'
import { mountinfo, parseMounts, status, withToken } from './harness/proc'
import { type Claim, prove } from './harness/prove'
import { type Live, newToken, type Target } from './harness/target'
import { soon } from './harness/waiting'
import { leaveRoot, newRoot } from './harness/roots'
import { work } from './harness/work'

const all = Object.entries(linux).filter(([name]) => name.startsWith('CAP_')) as [string, number][]

/** What Docker leaves to root, apart from making devices: more is more than programs need. */
const harmless = 'CHOWN DAC_OVERRIDE FSETID FOWNER NET_RAW SETGID SETUID SETFCAP SETPCAP'
  .concat(' NET_BIND_SERVICE SYS_CHROOT KILL AUDIT_WRITE')
  .split(' ')
  .map((name) => `CAP_${name}`)

export const claims: Claim[] = [
  ...[
    ['CapBnd', 'bounding'],
    ['CapPrm', 'permitted'],
    ['CapEff', 'effective'],
  ].map(([field, set]) => ({
    name: `the ${set} set has only what programs need, and what they do need`,
    check: async (target: Target) => onlyHarmless(await target.live(), field as string),
  })),
  {
    name: 'the inheritable and the ambient set are empty, even if they were not outside',
    starts: 1,
    async check(target) {
      const caps = '+chown,+sys_admin'
      const wrap = ['setpriv', `--inh-caps=${caps}`, `--ambient-caps=${caps}`]
      const shell = await target.shell({ wrap })
      try {
        for (const field of ['CapInh', 'CapAmb']) {
          const found = names(shell.pid, field)
          claim(found.length === 0, `no capability in ${field}`, found.join(', '))
        }
      } finally {
        await shell.end()
      }
    },
  },
  {
    name: 'no program gets more, set-user-ID or not',
    async check(target) {
      const shell = await target.live()
      const flag = status(shell.pid, 'NoNewPrivs')
      claim(flag === '1', 'NoNewPrivs: 1 in the status of the command', `${flag}`)
      const token = newToken()
      await shell.ask(`cp ${work().fixture} /set-user-id && chmod 4755 /set-user-id`)
      await shell.ask(`su nobody -s /bin/sh -c 'exec /set-user-id pause ${token}' > /mytemp/said &`)
      const isStarted = (pid: number) => status(pid, 'Name') === 'set-user-id'
      const pid = await soon(() => withToken(token).find(isStarted), 300)
      claim(typeof pid === 'number', 'a set-user-ID program started by nobody', 'none')
      const [real, effective] = (status(pid, 'Uid') ?? '').split('\t')
      await shell.ask('kill $!; wait; rm /set-user-id')
      claim(effective === real, `user ${real} in a program of root's`, `user ${effective}`)
    },
  },
  {
    name: 'it mounts nothing, and makes no mount writable',
    async check(target) {
      const shell = await target.shell()
      try {
        const before = mountinfo(shell.pid)
        await shell.ask('mount -t tmpfs new /home')
        await shell.ask('mount -o remount,rw /sys')
        await shell.ask('mount -o remount,ro /')
        await shell.ask('umount /proc')
        const changed = difference(before, mountinfo(shell.pid))
        claim(changed === '', 'the same mounts after mount and umount', changed)
      } finally {
        await shell.end()
      }
    },
  },
  {
    name: 'it makes no device',
    async check(target) {
      const shell = await target.live()
      const { output } = await shell.ask('mknod /zero c 1 5')
      const made = statSync(`/proc/${shell.pid}/root/zero`, { throwIfNoEntry: false })
      await shell.ask('rm -f /zero')
      claim(made === undefined, 'no device made with mknod', '/zero, a character device 1:5')
      claim(/not permitted/.test(output), '`Operation not permitted`', quote(output))
    },
  },
  {
    name: 'a device that lies in the rootfs, or in a layer, opens nothing',
    starts: 1,
    async check(target) {
      const root = newRoot()
      const layer = mkdtempSync(path.join(work().folder, 'layer-'))
      const device = (folder: string, name: string) =>
        execFileSync('mknod', ['--mode=666', path.join(folder, name), 'c', '1', '5'])
      try {
        device(path.join(root, 'home'), 'in-rootfs')
        mkdirSync(path.join(layer, 'upper/srv'), { recursive: true })
        for (const folder of ['upper', 'upper/srv']) chmodSync(path.join(layer, folder), 0o755)
        device(path.join(layer, 'upper/srv'), 'in-layer')
        const read = (file: string) => `head -c 1 ${file} | wc -c; ls -l ${file}`
        const script = `${read('/home/in-rootfs')}; ${read('/srv/in-layer')}`
        const { stdout, stderr } = await target.run(['/bin/sh', '-c', script], {
          options: ['--layer', layer],
          env: { ROOTFS: root },
        })
        const shown = `${stdout}`.match(/ 1, +5 /g)?.length
        const wanted = stderr.includes('gets a copy') ? 1 : 2 // a copy of the rootfs has none
        claim(shown === wanted, 'both devices to be seen', quote(`${stdout}${stderr}`))
        const bytes = `${stdout}`.match(/^\d+$/gm)
        claim(`${bytes}` === '0,0', 'no byte read from one of them', `${bytes} bytes`)
      } finally {
        rmSync(path.join(root, 'home/in-rootfs'), { force: true })
        leaveRoot(root)
        rmSync(layer, { recursive: true, force: true })
      }
    },
  },
  {
    name: 'the kernel refuses it modules, its clock, its log, its names and new namespaces',
    async check(target) {
      const { output } = await (await target.live()).ask(`${work().fixture} powers`)
      const lines = output.split('\n')
      claim(lines.length > 6, 'an answer of the program that asks', quote(output))
      const lost = /: (Operation not permitted|Function not implemented|Bad system call)$/
      const allowed = lines.filter((line) => !lost.test(line))
      const meaning = '`Operation not permitted` for each of them'
      claim(allowed.length === 0, meaning, allowed.join(', '))
    },
  },
  {
    name: "the kernel's settings can't be written",
    async check(target) {
      const shell = await target.live()
      const settings = [
        '/proc/sys/kernel/core_pattern',
        '/proc/sys/kernel/hostname',
        '/proc/sys/net/ipv4/ip_forward',
        '/proc/sysrq-trigger',
        ...firstFile('/proc/irq'),
      ].filter(isThere)
      // Opening a file to append writes nothing yet.
      const script = settings.map((file) => `(: >> ${file}) && echo ${file}`).join('\n')
      const { output } = await shell.ask(script)
      const writable = output.split('\n').filter((line) => settings.includes(line))
      claim(writable.length === 0, 'none of them to open for writing', writable.join(', '))
      claim(/Read-only|denied|not permitted/.test(output), 'an error that says why', quote(output))
    },
  },
  {
    name: "the kernel's memory, keys, messages and firmware look empty",
    async check(target) {
      const shell = await target.live()
      const secrets = ['acpi', 'kcore', 'keys', 'kmsg', 'sched_debug', 'scsi', 'timer_list']
        .map((name) => `/proc/${name}`)
        .concat('/sys/firmware')
        .filter(isThere)
      claim(secrets.length > 1, 'some of these on this kernel', secrets.join(', '))
      const seen = secrets.filter((file) => !isEmpty(`/proc/${shell.pid}/root${file}`))
      claim(seen.length === 0, 'none of them to say anything', seen.join(', '))
    },
  },
  {
    name: 'it mounts no cgroup file system that it could lift its limits in',
    async check(target) {
      const shell = await target.live()
      const point = '/mytemp/cgroup'
      await shell.ask(`mkdir ${point}; mount -t cgroup2 own ${point}`)
      const mounts = parseMounts(mountinfo(shell.pid))
      const writable = mounts
        .filter(({ type, options }) => type.startsWith('cgroup') && !options.startsWith('ro'))
        .map((mount) => mount.point)
      await shell.ask(`umount ${point}; rmdir ${point}`)
      claim(writable.length === 0, 'no writable file system of type cgroup', writable.join(', '))
    },
  },
  {
    name: 'it raises none of its resource limits',
    always: true, // on hosts whose root can't either
    async check(target) {
      const shell = await target.live()
      const limits = readFileSync(`/proc/${shell.pid}/limits`, 'utf8')
      const most = Number(/^Max open files +\d+ +(\d+)/m.exec(limits)?.[1])
      const raised = await shell.ask(`(ulimit -Hn ${most + 1})`)
      claim(raised.status !== 0, `no more than ${most} open files`, 'more')
    },
  },
  {
    name: 'programs of every day go on: chown, su, port 80, ping, chroot',
    always: true,
    async check(target) {
      const shell = await target.live()
      for (const [what, script, expected] of everyDay) {
        const { output } = await shell.ask(script)
        claim(expected.test(output), `${what} to work as before`, quote(output))
      }
    },
  },
]

prove('12-capabilities', claims)

const everyDay: [what: string, script: string, expected: RegExp][] = [
  ['chown', ': > /mine; chown 7:8 /mine; stat -c %u:%g /mine; rm /mine', /^7:8$/],
  [
    'chmod',
    ': > /mine; chown 7 /mine; chmod 600 /mine; cat /mine && rm /mine && echo done',
    /^done$/,
  ],
  ['su', 'su nobody -s /bin/sh -c "id -u"', /^65534$/],
  [
    'kill',
    'su nobody -s /bin/sh -c "exec sleep 300" & until kill $!; do :; done; echo done',
    /done$/,
  ],
  [
    'port 80',
    'httpd -p 80 -h /etc && wget -q -O - http://127.0.0.1/passwd; killall httpd 2> /dev/null',
    /^root:/,
  ],
  ['ping', 'ping -c 1 127.0.0.1', / 0% packet loss/],
  ['chroot', 'chroot / /bin/echo done', /^done$/],
]

const isThere = (file: string) => statSync(file, { throwIfNoEntry: false }) !== undefined

/** A file of the kernel that may be written to, of those in a directory. */
const firstFile = (folder: string) =>
  ['default_smp_affinity'].map((name) => path.join(folder, name)).filter(isThere)

function isEmpty(file: string): boolean {
  if (!isThere(file)) return true
  if (statSync(file).isDirectory()) return readdirSync(file).length === 0
  // Reading the kernel's messages would wait for one: what is there is told by its device.
  return statSync(file).isCharacterDevice()
}

/** The capabilities in a set, as /proc/PID/status writes it. */
const bits = (set: string) =>
  all.filter(([, bit]) => (BigInt(`0x${set}`) >> BigInt(bit)) & 1n).map(([name]) => name)

const names = (pid: number, field: string) => bits(status(pid, field) ?? '0')

function onlyHarmless(shell: Live, field: string): void {
  const set = status(shell.pid, field) ?? '0'
  const found = bits(set)
  const more = found.filter((name) => !harmless.includes(name))
  claim(more.length === 0, `a few capabilities in ${field}`, `${more.join(', ')} too (${set})`)
  const unknown = BigInt(`0x${set}`) >> BigInt(all.length)
  claim(unknown === 0n, `no capability in ${field} that is newer than these programs`, set)
  const needed = ['CAP_CHOWN', 'CAP_DAC_OVERRIDE', 'CAP_SETUID', 'CAP_SETGID', 'CAP_KILL']
  const missing = needed.filter((name) => !found.includes(name))
  claim(missing.length === 0, `what programs need in ${field}`, `no ${missing.join(', ')} (${set})`)
}

const withoutIds = (text: string) =>
  parseMounts(text).map(({ point, type, options }) => `${type} on ${point} (${options})`)

function difference(before: string, now: string): string {
  const [old, young] = [withoutIds(before), withoutIds(now)]
  const added = young.filter((mount) => !old.includes(mount)).map((mount) => `+ ${mount}`)
  return [
    ...added,
    ...old.filter((mount) => !young.includes(mount)).map((line) => `- ${line}`),
  ].join(', ')
}
