// Debian's programs in the containers of part two: what a filter of system calls, or the lack of a
// power, would break.
import { createHash } from 'node:crypto'
import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { runCompiled, steps } from '../../setup/steps.mjs'
import { Problem, task } from '../../setup/terminal.mjs'
import { run, story, succeeds } from '../run'
import { archive, debian } from './image'
import type { Machine } from './machine'

const packages = ['git', 'python3', 'nodejs', 'gcc', 'libc6-dev', 'gdb', 'strace']

/** Each is a shell script, and what it prints last. */
const programs: Record<string, [script: string, says: string]> = {
  apt: ['apt-get -qq update && apt-get -qq install hello && hello', 'Hello, world!'],
  dpkg: [
    'dpkg -i /repo/hello*.deb && dpkg --verify hello && dpkg --purge hello && echo dpkg',
    'dpkg',
  ],
  perl: ['perl -MSocket -MPOSIX -e \'fork // die; wait; print "perl\\n" if getpid()\'', 'perl'],
  bash: [`bash -c 'cat <(echo ba) | { read -r a; (sleep 0.1 & wait); echo "\${a}sh"; }'`, 'bash'],
  git: [
    `cd /tmp && git init -q g && cd g && git config user.email a@b && git config user.name a &&
      echo git > f && git add f && git commit -qm one && git gc -q && git clone -q . ../h &&
      cat ../h/f`,
    'git',
  ],
  python3: [
    `python3 - <<'end'
import asyncio, multiprocessing, sqlite3, subprocess, threading, mmap, socket
threads = [threading.Thread(target=lambda: None) for _ in range(8)]
[t.start() for t in threads]; [t.join() for t in threads]
sqlite3.connect('/tmp/db').execute('create table t (n int)')
async def out():
    p = await asyncio.create_subprocess_exec('echo', 'python3', stdout=-1)
    return (await p.communicate())[0].decode().strip()
with multiprocessing.Pool(2) as pool: assert pool.map(abs, [-1, -2]) == [1, 2]
print(asyncio.run(out()))
end`,
    'python3',
  ],
  node: [
    `cat > /tmp/n.js <<'end'
const { Worker } = require('worker_threads')
const server = require('http').createServer((_, answer) => answer.end('node')).listen(0, async () => {
  await new Promise((done) => new Worker('', { eval: true }).on('exit', done))
  require('child_process').execFileSync('true')
  console.log(await (await fetch('http://127.0.0.1:' + server.address().port)).text())
  server.close()
})
end
node /tmp/n.js`,
    'node',
  ],
  gcc: [
    `printf '#include <stdio.h>\nint main(void) { puts("gcc"); return 0; }' > /tmp/p.c
      gcc -g -O2 -pthread -o /tmp/p /tmp/p.c && /tmp/p`,
    'gcc',
  ],
  gdb: [
    `echo 'int main(void) { return 7; }' > /tmp/q.c; gcc -g -o /tmp/q /tmp/q.c
      gdb -batch -ex 'break main' -ex run -ex 'printf "gdb %d\\n", $pc != 0' /tmp/q`,
    'gdb 1',
  ],
  strace: [
    `strace -f -o /tmp/log sh -c 'true | true' && grep -q 'exit_group(0)' /tmp/log && echo strace`,
    'strace',
  ],
}

/** Steps 12 to 14, where powers and calls go away. */
const tried = steps().filter((name) => Number.parseInt(name, 10) >= 12)

export async function debianPrograms(machine: Machine): Promise<string> {
  const release = /^VERSION_CODENAME=(\w+)$/m.exec(readFileSync('/etc/os-release', 'utf8'))
  const suite = release?.[1] ?? 'stable'
  const base = await debian(machine, suite)
  const image = await archive(machine, `debian-programs-${suite}`, async (folder) => {
    await succeeds(['tar', '-C', folder, '-xf', base])
    await task(`Installing ${packages.join(', ')}`, () => install(folder))
    await addRepository(folder)
  })
  const ROOTFS = join(machine.folder, 'rootfs', 'debian')
  const words = ['tools/run.mjs', 'rootfs', 'tarball', image, '--name', 'debian']
  await task('npm run rootfs -- tarball', () =>
    succeeds([process.execPath, ...words], { env: { ROOTFS_DIR: dirname(ROOTFS) } }),
  )
  const wrong: string[] = []
  for (const step of tried)
    for (const [program, [script, says]] of Object.entries(programs))
      await task(`${program} in step ${step}`, async () => {
        const room = ['--memory', '1G', '--pids', '256', '--cpus', '2']
        const words = runCompiled(step, [...room, '/bin/sh', '-ec', script])
        const ended = await run(words, { env: { ROOTFS } })
        const last = ended.stdout.trim().split('\n').at(-1) ?? ''
        if (ended.status !== 0 || last !== says)
          throw new Problem(`${program} in step ${step}: ${story(ended)}`)
      }).catch((error) => {
        if (error.status > 128) throw error // interrupted
        wrong.push(error.message)
      })
  if (wrong.length > 0) throw new Problem(wrong.join('\n\n'))
  return `${Object.keys(programs).join(', ')} in ${tried.join(', ')}`
}

/** By the system's own apt, with this machine's network. What it mounts goes with it. */
async function install(folder: string): Promise<void> {
  copyFileSync('/etc/resolv.conf', join(folder, 'etc/resolv.conf'))
  const script = `mount -t proc proc "$1/proc"
    exec chroot "$1" sh -c 'apt-get -q update && apt-get -q install -y --no-install-recommends ${packages.join(' ')}'`
  const env = { DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' }
  await succeeds(['unshare', '--mount', 'sh', '-ec', script, 'sh', folder], { env })
}

/** A repository of one package, in files: there may be no network in the container. */
async function addRepository(folder: string): Promise<void> {
  const repository = join(folder, 'repo')
  mkdirSync(repository)
  const fetch = ['apt-get', '-o', 'APT::Sandbox::User=root', 'download', 'hello']
  await succeeds(fetch, { cwd: repository })
  const [file] = readdirSync(repository)
  if (!file) throw new Problem("apt-get can't download the package hello")
  const path = join(repository, file)
  const control = (await succeeds(['dpkg-deb', '--field', path])).stdout.trim()
  const sum = createHash('sha256').update(readFileSync(path)).digest('hex')
  const more = `Filename: ./${file}\nSize: ${statSync(path).size}\nSHA256: ${sum}\n`
  writeFileSync(join(repository, 'Packages'), `${control}\n${more}`)
  writeFileSync(join(folder, 'etc/apt/sources.list'), 'deb [trusted=yes] file:/repo ./\n')
}
