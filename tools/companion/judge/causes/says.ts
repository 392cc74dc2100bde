import type { Cause } from '../cause'

/** The first match in what the program says about its failure. */
export const says =
  (pattern: RegExp, sentence: (match: RegExpExecArray) => string | false = ([text]) => text) =>
  (...[scene]: Parameters<NonNullable<Cause['evidence']>>) => {
    const match = pattern.exec(scene.said)
    return match ? sentence(match) : undefined
  }
