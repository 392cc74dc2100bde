// The last step, or another, on a host of its own, whose network a test may change as it likes.
import { execFileSync } from 'node:child_process'
import { onTestFinished } from 'vitest'
import { hostUnchanged, inHost, snapshot } from '../harness/host'
import { type StartOptions, steps, Target } from '../harness/target'

export async function ownHost(prepare = ':', step = steps().at(-1) as string) {
  const target = Target.step(step)
  onTestFinished(() => target.close())
  const host = await target.ownHost()
  /** Runs a script on the host. */
  const onHost = (script: string) => {
    const [file, ...args] = [...inHost(host), '/bin/sh', '-ec', script]
    return execFileSync(file as string, args, { encoding: 'utf8' }).trim()
  }
  // The kernel gives new interfaces IPv6 addresses a while after they are made.
  onHost('for file in /proc/sys/net/ipv6/conf/*/disable_ipv6; do echo 1 > $file; done')
  onHost(prepare)
  const before = snapshot(host)
  return {
    target,
    host,
    onHost,
    /** Runs a script in a container. */
    async run(script: string, options: StartOptions = {}) {
      const ended = await target.run(['/bin/sh', '-c', script], options)
      return { ...ended, stdout: ended.stdout.toString() }
    },
    /** Claims that the host is as it was when prepared. */
    unchanged: () => hostUnchanged(before, [], host),
  }
}
