import { execFileSync } from 'node:child_process'
import { claim, quote } from './harness/claim'
import { ownNamespace } from './harness/namespace'
import { mountinfo } from './harness/proc'
import { type Claim, prove } from './harness/prove'

export const claims: Claim[] = [
  {
    name: 'the command has its own uts namespace',
    check: ownNamespace('uts'),
  },
  {
    name: 'the host name is another one inside, and unchanged outside',
    async check(target) {
      const shell = await target.live()
      const { output } = await shell.ask('uname -n')
      const { hostNameBefore: before } = target
      claim(output !== before, `another host name inside, such as "container"`, quote(output))
      const now = target.hostName()
      claim(now === before, `the host name ${quote(before)} outside`, quote(now))
    },
  },
  {
    name: 'started by hand, `child` changes nothing on the host',
    starts: 2,
    always: true,
    async check(target) {
      const other = target.another()
      try {
        const host = await other.ownHost()
        const before = state(host)
        await other.run(['/bin/true'], { verb: ['child'] })
        const now = state(host)
        claim(now.name === before.name, `the host name ${before.name}`, now.name)
        const mounts = now.mounts.filter((mount) => !before.mounts.includes(mount))
        claim(mounts.length === 0, 'no new mount on the host', mounts.join('\n'))
      } finally {
        await other.close()
      }
    },
  },
]

prove('02-uts', claims)

/** A host's name and mounts, even if its root directory is another one now. */
function state(host: number): { name: string; mounts: string[] } {
  const words = ['--target', `${host}`, '--uts', 'uname', '-n']
  const name = execFileSync('nsenter', words, { encoding: 'utf8' }).trim()
  return { name, mounts: mountinfo(host).split('\n') }
}
