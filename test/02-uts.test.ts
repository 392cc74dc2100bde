import { claim, quote } from './harness/claim'
import { ownNamespace } from './harness/namespace'
import { type Claim, prove } from './harness/prove'

export const claims: Claim[] = [
  {
    name: 'the command has its own uts namespace',
    check: ownNamespace('uts'),
  },
  {
    name: 'the host name is `container` inside, and unchanged outside',
    async check(target) {
      const shell = await target.live()
      const { output } = await shell.ask('uname -n')
      claim(output === 'container', 'the host name `container` inside', quote(output))
      const { hostNameBefore: before } = target
      const now = target.hostName()
      claim(now === before, `the host name ${quote(before)} outside`, quote(now))
    },
  },
]

prove('02-uts', claims)
