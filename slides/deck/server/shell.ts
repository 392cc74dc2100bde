// The only program a terminal of the deck starts: a shell in the checkout. No page can change that.
import { accessSync, constants } from 'node:fs'
import { dirname } from 'node:path'
import type { IPty } from '@lydell/node-pty'
import { loadPty, prompt, shell } from '../../../tools/console/session'
import { root } from '../../../tools/setup/project.mjs'

export type Size = { cols: number; rows: number }

export function startShell(size: Size): IPty {
  const [file, ...args] = shell
  return loadPty().spawn(file, args, { ...size, cwd: root, env: environment(), encoding: null })
}

/** Why this machine can't make a terminal, if so. */
export function whyNoTerminals(): string | undefined {
  try {
    loadPty()
  } catch (error) {
    return `${(error as Error).message} So the deck shows recordings.`
  }
  try {
    accessSync('/dev/ptmx', constants.R_OK | constants.W_OK)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return `/dev/ptmx can't be opened (${code}), so the deck shows recordings. It belongs to devpts: mount -t devpts devpts /dev/pts`
  }
}

// npm's variables would change what `npm run step` does here, and a version manager's Node may not
// be on PATH.
function environment(): Record<string, string> {
  const kept = ['HOME', 'USER', 'LOGNAME', 'LC_ALL', 'TZ', 'ROOTFS'].filter(
    (name) => process.env[name],
  )
  return {
    ...Object.fromEntries(kept.map((name) => [name, process.env[name] as string])),
    PATH: [dirname(process.execPath), process.env.PATH].join(':'),
    LANG: process.env.LANG || 'C.UTF-8',
    SHELL: shell[0],
    TERM: 'xterm-256color',
    // With a mark that a terminal doesn't show: so the page knows that the prompt is there.
    PS1: prompt,
    HISTFILE: '',
  }
}
