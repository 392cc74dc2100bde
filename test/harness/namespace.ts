// The namespace of a container against its host's.
import { claim } from './claim'
import { type Namespace, namespace } from './proc'
import type { Live, Target } from './target'

/** Claims that a command is not in the host's namespace; the words are the claim's. */
export function differs(target: Target, shell: Live, kind: Namespace, words: string = kind): void {
  const [inside, outside] = [namespace(shell.pid, kind), target.outside(kind)]
  claim(inside !== outside, `another ${words} namespace than the host's ${outside}`, inside)
}

export const ownNamespace =
  (kind: Namespace, words?: string) =>
  async (target: Target): Promise<void> =>
    differs(target, await target.live(), kind, words)
