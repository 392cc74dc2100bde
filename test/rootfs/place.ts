// What the tests of root file systems share: an empty place, and the command.
import { execFileSync, spawnSync } from 'node:child_process'
import fs from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, vi } from 'vitest'

export const isRoot = process.geteuid?.() === 0
if (!isRoot) console.log('rootfs: tests with mounts and other users are left out, they need root')

const PROXIES = [
  ...['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY', 'all_proxy', 'ALL_PROXY'],
  ...['npm_config_https_proxy', 'npm_config_proxy'],
]

let directory: string

/** Gives each test an empty directory and no proxy, and keeps progress off the screen. */
export function usePlace(): void {
  beforeEach(() => {
    directory = fs.mkdtempSync(path.join(tmpdir(), 'rootfs-test-'))
    for (const name of PROXIES) vi.stubEnv(name, undefined)
    vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  })
  afterEach(() => {
    vi.restoreAllMocks()
    vi.unstubAllEnvs()
    fs.rmSync(directory, { recursive: true, force: true })
  })
}

export const at = (...names: string[]) => path.join(directory, ...names)
export const list = (...names: string[]) => fs.readdirSync(at(...names)).sort()
export const exists = (file: string) => fs.lstatSync(file, { throwIfNoEntry: false }) !== undefined

/** The message of the failure that has to come. */
export async function failure(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => expect.unreachable('it should have failed'),
    (error: Error) => error.message,
  )
}

const CLI = path.resolve(__dirname, '../../rootfs/index.ts')
export const COMMAND = [process.execPath, '--require', 'tsx/cjs', CLI]

/** Runs the command as `npm run rootfs` does, for the place `out`. */
export function cli(args: string[]) {
  const [file, ...rest] = [...COMMAND, ...args]
  const { status, stdout, stderr } = spawnSync(file, rest, {
    encoding: 'utf8',
    env: { ...process.env, ROOTFS_DIR: at('out') },
  })
  return { status, stdout, stderr }
}

/** Does `action` as an ordinary user, who owns the place `out`, in this very process. */
export async function asUser<T>(action: () => Promise<T>): Promise<T> {
  // What is loaded later may lie in a home that only its owner can read.
  await import('execa')
  fs.chmodSync(directory, 0o755)
  fs.mkdirSync(at('out'), { recursive: true })
  fs.chownSync(at('out'), 65534, 65534)
  const from = process.cwd()
  process.chdir(directory)
  process.setegid?.(65534)
  process.seteuid?.(65534)
  try {
    return await action()
  } finally {
    process.seteuid?.(0)
    process.setegid?.(0)
    process.chdir(from)
  }
}

/** Does something while a small tmpfs is mounted. */
export async function withTmpfs(point: string, act: () => unknown): Promise<void> {
  fs.mkdirSync(point, { recursive: true })
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=512k', 'small', point])
  try {
    await act()
  } finally {
    execFileSync('umount', [point])
  }
}

/** The code, loaded anew, with shell scripts in front of the system's programs. */
export async function withPrograms(scripts: Record<string, string>) {
  fs.mkdirSync(at('programs'))
  for (const [name, script] of Object.entries(scripts))
    fs.writeFileSync(at('programs', name), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  vi.stubEnv('PATH', `${at('programs')}:${process.env.PATH}`)
  vi.resetModules()
  return await import('../../rootfs/ensure')
}

export function expectWhole(root: string): void {
  for (const name of ['proc', 'sys', 'dev', 'tmp', 'run', 'root', 'mytemp', 'etc']) {
    expect(fs.lstatSync(path.join(root, name)).isDirectory(), name).toBe(true)
  }
  expect(fs.lstatSync(path.join(root, 'etc/resolv.conf')).isFile()).toBe(true)
  expect(fs.lstatSync(path.join(root, 'tmp')).mode & 0o7777).toBe(0o1777)
}
