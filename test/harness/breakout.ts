// The well-known way out of a chroot: chroot again, climb up with `..`, chroot to where that ends.
import { claim, quote } from './claim'
import type { Target } from './target'
import { work } from './work'

/** What that program prints: `escaped: ` and the content of a host's file, or `confined: …`. */
export async function breakOut(target: Target): Promise<string> {
  const { fixture, hostMarker } = work()
  const ended = await target.run([fixture, 'breakout', hostMarker])
  const seen = `status ${ended.status}; ${quote(ended.stderr)}`
  claim(ended.status === 0, 'the break-out program to run', seen)
  return /^(escaped|confined): .*/m.exec(ended.stdout.toString())?.[0] ?? quote(ended.stdout)
}
