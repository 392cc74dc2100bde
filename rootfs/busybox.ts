import fs from 'node:fs'
import path from 'node:path'
import { fetchAlpineBusybox } from './apk'
import type { Context } from './context'
import { isStatic } from './elf'
import { makeDirectory, stat, writeFile } from './files'
import { explain, Problem } from './problem'
import { run } from './run'

const DIRECTORIES = ['bin', 'sbin', 'usr/bin', 'usr/sbin', 'etc', 'home', 'var/tmp']
const APPLET = /^(bin|sbin|usr\/bin|usr\/sbin)\/[^/]+$/

const FILES: Record<string, string> = {
  'etc/passwd':
    'root:x:0:0:root:/root:/bin/sh\ndaemon:x:1:1:daemon:/usr/sbin:/bin/false\nnobody:x:65534:65534:nobody:/:/bin/false\n',
  'etc/group': 'root:x:0:\ndaemon:x:1:\ntty:x:5:\nnogroup:x:65534:\n',
  'etc/hosts': '127.0.0.1 localhost\n::1 localhost\n',
  'etc/hostname': 'container\n',
  'etc/profile': "export PATH=/usr/sbin:/usr/bin:/sbin:/bin\nexport PS1='container:$PWD# '\n",
}

/**
 * Makes a root file system of one static busybox: the host's, or Debian's package, or Alpine's, in this order.
 * Needs no root. Throws a {@link Problem} that lists what was tried when there is none.
 */
export async function makeBusybox(root: string, context: Context): Promise<void> {
  for (const name of DIRECTORIES) makeDirectory(path.join(root, name))
  fs.chmodSync(path.join(root, 'var/tmp'), 0o1777)
  const program = path.join(root, 'bin/busybox')
  fs.copyFileSync(await findBusybox(context), program)
  fs.chmodSync(program, 0o755)
  await linkApplets(root, program, context)
  for (const [name, content] of Object.entries(FILES)) writeFile(path.join(root, name), content)
  writeFile(path.join(root, 'etc/os-release'), await osRelease(program, context))
}

async function findBusybox(context: Context): Promise<string> {
  const host = (context.busyboxes ?? usualPlaces()).find(isStatic)
  if (host) return host
  const reasons: string[] = []
  for (const [name, get] of [
    ['Debian', fetchDebianBusybox],
    ['Alpine', fetchAlpineBusybox],
  ] as const) {
    try {
      context.say(`No static busybox is installed; taking ${name}'s busybox-static.`)
      const file = await get(context)
      if (isStatic(file)) return file
      reasons.push(`${name}'s is not static`)
    } catch (error) {
      context.signal?.throwIfAborted()
      if (isFull(error)) throw error
      reasons.push(explain(`${name}'s package`, error).message)
    }
  }
  throw new Problem(
    `There is no static busybox on this machine, and none could be fetched:\n  ${reasons.join('\n  ')}\n` +
      'Install one: apt-get install busybox-static (Debian, Ubuntu), dnf install busybox (Fedora), ' +
      'apk add busybox-static (Alpine), pacman -S busybox (Arch).',
  )
}

// A full disk is not a reason to try the next source.
function isFull(error: unknown): boolean {
  const cause = error instanceof Problem ? error.cause : error
  return ['ENOSPC', 'EDQUOT'].includes((cause as NodeJS.ErrnoException | undefined)?.code ?? '')
}

function usualPlaces(): string[] {
  const directories = [
    ...(process.env.PATH ?? '').split(':'),
    '/bin',
    '/usr/bin',
    '/sbin',
    '/usr/sbin',
  ]
  const absolute = directories.filter((directory) => path.isAbsolute(directory))
  return absolute.flatMap((directory) =>
    ['busybox', 'busybox.static', 'busybox-static'].map((name) => path.join(directory, name)),
  )
}

// apt verifies the package against the signed index of the distribution; dpkg-deb only unpacks, nothing is installed.
async function fetchDebianBusybox({ scratch, signal }: Context): Promise<string> {
  const fetched = await run('apt-get', ['download', 'busybox-static'], { cwd: scratch, signal })
  if (fetched.status !== 0) throw new Problem(`apt-get download busybox-static: ${fetched.reason}`)
  const archive = fs.readdirSync(scratch).find((name) => name.endsWith('.deb'))
  const unpacked = path.join(scratch, 'deb')
  const result = await run('dpkg-deb', ['--extract', path.join(scratch, archive ?? ''), unpacked], {
    signal,
  })
  if (result.status !== 0) throw new Problem(`dpkg-deb --extract: ${result.reason}`)
  const file = ['bin/busybox', 'usr/bin/busybox']
    .map((name) => path.join(unpacked, name))
    .find(stat)
  if (!file) throw new Problem('busybox-static has no bin/busybox in it')
  return file
}

async function linkApplets(root: string, program: string, { signal }: Context): Promise<void> {
  const { status, stdout, reason } = await run(program, ['--list-full'], { signal })
  const applets = stdout.split('\n').filter((name) => APPLET.test(name) && name !== 'bin/busybox')
  if (status !== 0 || !applets.includes('bin/sh')) {
    throw new Problem(
      `This busybox cannot list its applets or has no sh (${reason}). Install busybox-static.`,
    )
  }
  for (const applet of applets) {
    // Relative, so that the links are right from the host's side too.
    fs.symlinkSync(path.relative(path.dirname(applet), 'bin/busybox'), path.join(root, applet))
  }
}

async function osRelease(program: string, { signal }: Context): Promise<string> {
  const { stdout, reason } = await run(program, ['--help'], { signal })
  const version = /BusyBox v([\d.]+)/.exec(stdout || reason)?.[1] ?? ''
  return `NAME=BusyBox\nID=busybox\nVERSION_ID=${version}\nPRETTY_NAME="BusyBox ${version} (container)"\n`
}
