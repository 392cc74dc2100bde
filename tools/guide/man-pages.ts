// Manual pages: written as [clone(2)], linked by definitions at the end of the file.
import { existsSync } from 'node:fs'
import { fences } from '../console/fences'

const REFERENCE = /\[([a-z][\w.-]*)\((\d)\)\](?![(:])/g

export type ManPage = { name: string; section: string }

// Each was looked up in the manual of Debian 12; a test compares again where the manual is installed.
const known = {
  1: 'ipcmk ipcs nsenter unshare',
  2: 'chroot clone close_range execve kill mknod mount pivot_root seccomp sethostname setns umount uname unshare wait',
  4: 'null pts tty veth',
  5: 'proc',
  7: 'capabilities cgroup_namespaces cgroups credentials ipc_namespaces mount_namespaces mq_overview namespaces network_namespaces packet path_resolution pid_namespaces shm_overview signal sysvipc user_namespaces uts_namespaces',
  8: 'bridge findmnt ip-link ip-netns lsns',
}

export const knownPages: ManPage[] = Object.entries(known).flatMap(([section, names]) =>
  names.split(' ').map((name) => ({ section, name })),
)

/** The pages a text refers to, each once, in order of section and name. */
export function manPages(markdown: string): ManPage[] {
  const found = [...withoutCode(markdown).matchAll(REFERENCE)].map(
    ([, name, section]) => `${section} ${name}`,
  )
  return [...new Set(found)].sort().map((page) => {
    const [section, name] = page.split(' ')
    return { section, name }
  })
}

export const url = ({ name, section }: ManPage) =>
  `https://man7.org/linux/man-pages/man${section}/${name}.${section}.html`

/** @throws Error for a page that nobody has looked up yet */
export function definitions(markdown: string): string {
  return manPages(markdown)
    .map((page) => {
      const { name, section } = page
      if (!knownPages.some((one) => one.name === name && one.section === section))
        throw new Error(
          `${name}(${section}) is not in the list of manual pages in tools/docs/man-pages.ts`,
        )
      return `[${name}(${section})]: ${url(page)}`
    })
    .join('\n')
}

/** Whether this machine has the page; undefined where it has no manual. */
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
