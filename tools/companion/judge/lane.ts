// Where a program is judged: hosts that are made ahead, because that takes as long as a container.
import { hostLike } from '../../../test/harness/stand-in'
import type { Sandbox } from '../../../test/harness/sandbox'
import type { Target } from '../../../test/harness/target'
import { leaveRoot, newRoot } from '../../../test/harness/roots'
import { Errors } from './errors'
import { Scene } from './scene'

/** A host, and a rootfs: what one judgement leaves there mustn't count against another. */
type Place = { rootfs: string; host: Promise<Sandbox> }

const ready: Place[] = []

/** Makes places for the next judgement, as many as a judgement uses. */
export function makeAhead(count: number): void {
  while (ready.length < count) ready.push(makePlace())
}

/** Removes what was made and isn't used. */
export async function removeAhead(): Promise<void> {
  await Promise.all(ready.splice(0).map(removePlace))
}

function makePlace(): Place {
  const rootfs = newRoot()
  const host = hostLike(rootfs)
  host.catch(() => {}) // the lane that uses it is told
  return { rootfs, host }
}

async function removePlace({ rootfs, host }: Place): Promise<void> {
  await host.then(({ close }) => close()).catch(() => {})
  leaveRoot(rootfs)
}

/** A program on its host, and what has been found out about it there. */
export class Lane {
  readonly target: Target
  readonly errors: Errors
  readonly scene: Scene
  /** Why claims that failed with the same error weren't judged. */
  readonly known = new Map<unknown, string>()
  /** The step whose claims were the first that its shared container was asked. */
  begunBy = ''
  /** Whether all that was asked of it since has held. */
  isSound = true

  /** Tells when nobody waits for its verdicts any more. */
  readonly signal: AbortSignal

  private constructor(target: Target, step: string, signal: AbortSignal) {
    this.target = target
    this.signal = signal
    this.errors = new Errors(target)
    this.scene = new Scene(target, step)
  }

  static async open(target: Target, step: string, signal: AbortSignal): Promise<Lane> {
    const { rootfs, host } = ready.shift() ?? makePlace()
    target.rootfs = rootfs
    const lane = new Lane(target, step, signal)
    try {
      await target.ownHost(await host)
      return lane
    } catch (error) {
      await lane.close()
      throw error
    }
  }

  async close(): Promise<void> {
    await this.target.close()
    this.errors.remove()
    leaveRoot(this.target.rootfs)
  }
}
