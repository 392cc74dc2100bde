import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, lstatSync, mkdtempSync, readFileSync } from 'node:fs'
import { readdirSync, rmSync, statfsSync } from 'node:fs'
import { release } from 'node:os'
import * as path from 'node:path'
import { claim, quote } from './harness/claim'
import { mountinfo, parseMounts } from './harness/proc'
import { type Claim, prove } from './harness/prove'
import { newToken, type Target } from './harness/target'
import { leaveRoot, newRoot } from './harness/roots'
import { work } from './harness/work'

/** More than the container has for its files, and the files of a shell. */
const memory = ['--memory', '96M']

export const claims: Claim[] = [
  {
    name: "two containers at once don't see each other's files",
    async check(target) {
      const name = newToken()
      const [one, other] = [await target.live(), await target.shell()]
      try {
        await one.ask(`echo mine > /${name}`)
        const { output } = await other.ask(`cat /${name}`)
        claim(!output.includes('mine'), 'no file of the first container in the second', `/${name}`)
        const { output: own } = await one.ask(`cat /${name}`)
        claim(own === 'mine', 'the file in the container that wrote it', quote(own))
      } finally {
        await one.ask(`rm -f /${name}`)
        await other.end()
      }
    },
  },
  {
    name: 'the rootfs is byte for byte the same after `rm -rf` of all it holds',
    starts: 1,
    async check(target) {
      const root = newRoot()
      try {
        const before = contentOf(root)
        // Not `/`: a program that is wrong may show the host's files in here.
        const names = readdirSync(root).filter((name) => !kernels.includes(name))
        const script = `cd / && [ -e which-rootfs ] && rm -rf ${names.join(' ')}; echo * done`
        const words = ['/bin/sh', '-c', script]
        const { stdout, stderr } = await target.run(words, { env: { ROOTFS: root } })
        claim(/done$/.test(`${stdout}`.trim()), 'a shell that removes its files', quote(stdout))
        if (isOldKernel && /I\/O error/.test(stderr))
          console.log('before Linux 6.6, a user namespace removes no directory of a lower layer')
        else claim(!/\bbin\b/.test(`${stdout}`), '/bin to be gone for the container', quote(stdout))
        const changed = difference(before, contentOf(root))
        claim(changed === '', 'the same files in the rootfs', changed)
      } finally {
        leaveRoot(root)
      }
    },
  },
  {
    name: 'what a container wrote is gone with it',
    starts: 2,
    async check(target) {
      const file = `/${newToken()}`
      const run = (script: string) => target.run(['/bin/sh', '-c', script])
      try {
        const { stdout } = await run(`echo mine > ${file}; cat ${file}`)
        claim(`${stdout}` === 'mine\n', 'a root that can be written to', quote(stdout))
        const again = await run(`cat ${file}`)
        claim(again.status !== 0, 'no such file in the next container', quote(again.stdout))
      } finally {
        rmSync(path.join(target.rootfs, file), { force: true })
      }
    },
  },
  {
    name: '`df` tells the size of its disk, less than its memory, and a full one is no space left',
    starts: 2,
    async check(target) {
      const shell = await target.shell({ options: memory })
      try {
        const { output: disk } = await shell.ask('df -k / | tail -1')
        const [, kilobytes] = disk.split(/\s+/)
        const isLess = Number(kilobytes) > 0 && Number(kilobytes) < 96 * 1024
        claim(isLess, 'a disk of less than its 96 MiB of memory', quote(disk))
        const { output: full } = await shell.ask('dd if=/dev/zero of=/full bs=64k; rm /full; echo')
        claim(/No space left/.test(full), '`No space left on device`', quote(full))
        const { output: many } = await shell.ask(
          'cd /home; i=0; while touch $(seq $i $((i + 999))) 2> /dev/null; do i=$((i + 999)); done; touch more',
        )
        claim(/No space left/.test(many), '`No space left` for empty files too', quote(many))
      } finally {
        await shell.end()
      }
    },
  },
  {
    name: "the mounts don't tell where the rootfs is on the host",
    async check(target) {
      const root = parseMounts(mountinfo((await target.live()).pid)).find(
        ({ point }) => point === '/',
      )
      claim(root?.root === '/', 'a root mount without a path of the host', root?.root ?? 'none')
    },
  },
  {
    name: '--layer keeps what is written, and what is removed as devices 0:0',
    starts: 2,
    check: (target) =>
      withFolder(async (folder) => {
        const layer = path.join(folder, 'kept')
        const run = runner(target)
        await run(layer, 'echo one > /kept; mkdir -p /new/deep; rm /which-rootfs')
        const kept = filesIn(layer)
        claim(
          kept.some((file) => file.endsWith('/kept') && lstatSync(file).size === 4),
          'the file that was written in the directory of the layer',
          kept.join(' '),
        )
        const isHidden = kept.some((file) => file.endsWith('/which-rootfs') && isWhiteout(file))
        claim(isHidden, 'a character device 0:0 where a file was removed', kept.join(' '))
        claim(existsSync(path.join(target.rootfs, 'which-rootfs')), 'the file in the rootfs', 'no')
        const said = await run(layer, 'cat /kept; ls -d /new/deep; cat /which-rootfs 2>&1')
        claim(/^one\n\/new\/deep\ncat:/.test(said), 'all of it in the next container', quote(said))
      }),
  },
  {
    name: 'a kept layer can lie below another, and only the top one changes',
    starts: 2,
    check: (target) =>
      withFolder(async (folder) => {
        const [old, top] = [path.join(folder, 'old'), path.join(folder, 'top')]
        const run = runner(target)
        await run(old, 'echo one > /file; echo one > /other; echo old > /which-rootfs')
        const before = contentOf(old)
        const script = 'cat /file /which-rootfs; echo two > /file; rm /other'
        const said = await run(`${top}:${old}`, script)
        claim(said === 'one\nold\n', 'the files of the layer below, above the rootfs', quote(said))
        const changes = filesIn(top)
        const written = changes.filter((file) => file.endsWith('/file')).map((file) => read(file))
        claim(
          written.includes('two\n'),
          '/file in the layer above, as it was written',
          `${written}`,
        )
        const isHidden = changes.some((file) => file.endsWith('/other') && isWhiteout(file))
        claim(isHidden, 'a character device 0:0 in place of /other', changes.join(' '))
        const changed = difference(before, contentOf(old))
        claim(changed === '', 'the layer below as it was', changed)
      }),
  },
  {
    name: 'a layer in use is refused, and stays as it is',
    starts: 2,
    check: (target) =>
      withFolder(async (folder) => {
        const options = ['--layer', path.join(folder, 'used')]
        const shell = await target.shell({ options })
        try {
          await shell.ask('echo mine > /file')
          const second = await target.run(['/bin/sh', '-c', 'echo his > /file'], { options })
          claim(second.status === 1, 'status 1 of the second container', `${second.status}`)
          claim(/another/.test(second.stderr), 'a sentence that says why', quote(second.stderr))
          const { output } = await shell.ask('cat /file')
          claim(output === 'mine', 'the file of the first', quote(output))
        } finally {
          await shell.end()
        }
      }),
  },
]

// Whose tmpfs has no attributes that a user namespace may write.
const isOldKernel = (([major, minor]) => major * 100 + minor < 606)(
  release().split('.').map(Number) as [number, number],
)

prove('11-overlay', claims)

/** What a step mounts on, and file systems of the kernel. */
const kernels = ['proc', 'sys', 'dev', 'run', 'mytemp']

const OVERLAYFS = 0x794c7630

/** A folder for layers: in a container of Docker's, only memory is no overlay itself. */
async function withFolder(act: (folder: string) => Promise<void>): Promise<void> {
  const isOverlay = statfsSync(work().folder).type === OVERLAYFS
  const folder = mkdtempSync(path.join(isOverlay ? '/dev/shm' : work().folder, 'layers-'))
  chmodSync(folder, 0o755) // a tmpfs of an old kernel can't show closed ones
  try {
    await act(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Runs a script in a container with a layer; gives what it wrote. */
const runner = (target: Target) => async (layer: string, script: string) => {
  const ended = await target.run(['/bin/sh', '-c', script], { options: ['--layer', layer] })
  const seen = `status ${ended.status}, ${quote(ended.stderr)}`
  claim(ended.stderr === '', `a container with --layer, and nothing on stderr`, seen)
  return `${ended.stdout}`
}

/** What overlayfs makes in the upper directory of a file that was removed. */
function isWhiteout(file: string): boolean {
  const stats = lstatSync(file)
  return stats.isCharacterDevice() && stats.rdev === 0
}

const read = (file: string) => readFileSync(file, 'utf8')

const filesIn = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) =>
        path.join(folder, name),
      )
    : []

/** All files below a folder: kinds, modes, owners, sizes, times, targets of links, and contents. */
function contentOf(folder: string): string[] {
  const script = `find . -printf '%p %y %m %U %G %s %T@ %l\\n'
    find . -type f -exec sha256sum {} +`
  return execFileSync('sh', ['-c', script], { cwd: folder, encoding: 'utf8' }).split('\n').sort()
}

function difference(before: string[], after: string[]): string {
  const [lost, got] = [before, after].map((all, i, both) =>
    all.filter((line) => !(both[1 - i] as string[]).includes(line)),
  )
  return [...lost.map((line) => `- ${line}`), ...got.map((line) => `+ ${line}`)]
    .slice(0, 5)
    .join('; ')
}
