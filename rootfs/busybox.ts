import fs from 'node:fs'
import path from 'node:path'
import { Problem } from '../tools/setup/terminal.mjs'
import { makeAlpine } from './alpine'
import { readElf } from './elf'
import { explain } from './files'
import type { Work } from './work'

const DIRECTORIES = ['bin', 'sbin', 'usr/bin', 'usr/sbin', 'etc', 'home', 'var/tmp']
const APPLET = /^(bin|sbin|usr\/bin|usr\/sbin)\/[^/]+$/

const FILES: Record<string, string> = {
  'etc/passwd':
    'root:x:0:0:root:/root:/bin/sh\ndaemon:x:1:1:daemon:/usr/sbin:/bin/false\n' +
    'nobody:x:65534:65534:nobody:/:/bin/false\n',
  'etc/group': 'root:x:0:\ndaemon:x:1:\ntty:x:5:\nnogroup:x:65534:\n',
  'etc/hosts': '127.0.0.1 localhost\n::1 localhost\n',
  'etc/hostname': 'container\n',
  'etc/profile': "export PATH=/usr/sbin:/usr/bin:/sbin:/bin\nexport PS1='container:$PWD# '\n",
}

/**
 * Makes a root file system of the host's static busybox, or of Alpine's files if there is none.
 * Needs no root. Throws a Problem that says what was tried.
 */
export async function makeBusybox(root: string, work: Work): Promise<void> {
  const host = (work.busyboxes ?? usualPlaces()).find(isStatic)
  if (host) return await makeOf(host, root)
  try {
    await makeAlpine(root, work)
    work.notes.push("No static busybox is installed here, so these are Alpine's files.")
  } catch (error) {
    work.signal?.throwIfAborted()
    throw new Problem(
      "No static busybox is installed here, and Alpine's files could not take its place:\n" +
        `  ${explain('Cannot make Alpine', error).message}\n` +
        'To install busybox: apt-get install busybox-static (Debian, Ubuntu), ' +
        'dnf install busybox (Fedora), apk add busybox-static (Alpine), pacman -S busybox (Arch).',
    )
  }
}

function usualPlaces(): string[] {
  const usual = ['/bin', '/usr/bin', '/sbin', '/usr/sbin']
  return [...(process.env.PATH ?? '').split(':'), ...usual]
    .filter((directory) => path.isAbsolute(directory))
    .flatMap((directory) =>
      ['busybox', 'busybox.static', 'busybox-static'].map((name) => path.join(directory, name)),
    )
}

/** Whether `file` is a program for this machine that needs no dynamic loader. */
export function isStatic(file: string): boolean {
  const elf = readElf(file)
  return Boolean(elf?.isNative && !elf.loader)
}

async function makeOf(busybox: string, root: string): Promise<void> {
  for (const name of DIRECTORIES) fs.mkdirSync(path.join(root, name), { recursive: true })
  fs.chmodSync(path.join(root, 'var/tmp'), 0o1777)
  const program = path.join(root, 'bin/busybox')
  fs.copyFileSync(busybox, program)
  fs.chmodSync(program, 0o755)
  await linkApplets(root, busybox)
  const { execa } = await import('execa')
  const { stdout } = await execa(busybox, ['--help'], { argv0: 'busybox', reject: false })
  const version = /BusyBox v([\d.]+)/.exec(stdout)?.[1] ?? ''
  const files = { ...FILES, 'etc/os-release': osRelease(version) }
  for (const [name, content] of Object.entries(files))
    fs.writeFileSync(path.join(root, name), content)
}

async function linkApplets(root: string, program: string): Promise<void> {
  const { execa } = await import('execa')
  const { stdout, failed, shortMessage } = await execa(program, ['--list-full'], {
    argv0: 'busybox',
    reject: false,
  })
  const applets = stdout?.split('\n').filter((name) => APPLET.test(name) && name !== 'bin/busybox')
  if (failed || !applets.includes('bin/sh'))
    throw new Problem(
      `This busybox cannot list its applets or has no sh (${shortMessage ?? 'status 0'}). ` +
        'Install busybox-static.',
    )
  for (const applet of applets) {
    // Relative, so that the links are right from the host's side too.
    fs.symlinkSync(path.relative(path.dirname(applet), 'bin/busybox'), path.join(root, applet))
  }
}

const osRelease = (version: string) =>
  `NAME=BusyBox\nID=busybox\nVERSION_ID=${version}\nPRETTY_NAME="BusyBox ${version} (container)"\n`
