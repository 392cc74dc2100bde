// Manual pages: the text says [clone(2)], and definitions at the end of the file link it.
import { existsSync } from 'node:fs'
import { fences } from '../console/markdown'
import { Problem } from '../setup/terminal.mjs'

const REFERENCE = /\[([a-z][\w.-]*)\((\d)\)\](?![(:])/g

export type ManPage = { name: string; section: string }

// Looked up in Debian 12's manual. A test checks them again, if the manual is installed.
const known = {
  1: 'ipcmk ipcs nsenter unshare',
  2: `chroot clone close_range execve kill mknod mount pivot_root seccomp sethostname setns umount
      uname unshare wait`,
  4: 'null pts tty veth',
  5: 'proc',
  7: `capabilities cgroup_namespaces cgroups credentials ipc_namespaces mount_namespaces
      mq_overview namespaces network_namespaces packet path_resolution pid_namespaces shm_overview
      signal sysvipc user_namespaces uts_namespaces`,
  8: 'bridge findmnt ip-link ip-netns lsns',
}

export const knownPages: ManPage[] = Object.entries(known).flatMap(([section, names]) =>
  names.split(/\s+/).map((name) => ({ section, name })),
)

/** The pages a text refers to, each once, sorted by section and name. */
export function manPages(markdown: string): ManPage[] {
  const found = [...withoutCode(markdown).matchAll(REFERENCE)].map(
    ([, name, section]) => `${section} ${name}`,
  )
  return [...new Set(found)].sort().map((page) => {
    const [section, name] = page.split(' ')
    return { section, name }
  })
}

/** @throws Problem for a page that isn't in the list */
export function definitions(markdown: string): string {
  return manPages(markdown)
    .map(({ name, section }) => {
      if (!knownPages.some((page) => page.name === name && page.section === section))
        throw new Problem(
          `${name}(${section}) isn't in the list of manual pages in tools/guide/man-pages.ts`,
        )
      const url = `https://man7.org/linux/man-pages/man${section}/${name}.${section}.html`
      return `[${name}(${section})]: ${url}`
    })
    .join('\n')
}

/** Whether this machine has the page; undefined if it has no manual. */
export function isInstalled({ name, section }: ManPage): boolean | undefined {
  const folder = '/usr/share/man'
  if (!existsSync(`${folder}/man2/clone.2.gz`)) return undefined
  return existsSync(`${folder}/man${section}/${name}.${section}.gz`)
}

function withoutCode(markdown: string): string {
  const lines = markdown.split('\n')
  for (const block of fences(markdown))
    lines.fill('', block.line - 1, block.line + block.lines.length + 1)
  return lines.join('\n').replace(/`[^`\n]*`/g, '')
}
