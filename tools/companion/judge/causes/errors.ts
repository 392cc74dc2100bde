// Errors that end a program: its own message is the evidence.
import type { Cause } from '../cause'
import { causes as limits } from './errors/limits'
import { causes as mounts } from './errors/mounts'
import { causes as source } from './errors/source'
import { causes as users } from './errors/users'
import { causes as values } from './errors/values'
import { causes as verbs } from './errors/verbs'
import { causes as wall } from './errors/wall'
import { inRun } from './in-run'
import { says } from './says'

/** What is left when none of the others is proven. */
const others: Cause[] = [
  {
    id: 'system-call-failed',
    evidence: says(
      /(E[A-Z0-9]+: .*)(?:[\s\S]*?^(hint: .*))?/m,
      ([, error, hint]) => `${error}${hint ? `; ${hint}` : ''}`,
    ),
    usually:
      'The kernel refused a call: a wrong argument, the wrong order, or something that has to exist first.',
    look: 'The message names the call and its arguments; find it in your program.',
    call: "The ERRORS section of that call's manual page says what each errno means.",
  },
  {
    id: 'gave-up',
    evidence: ({ error }) =>
      error &&
      !/^\w+Error: /.test(error.message) &&
      `${error.message.split('\n')[0]} (${error.places[0] ?? 'place unknown'})`,
    usually:
      'A check refused to go on, and its sentence says why: something that it needs is missing, or comes later.',
    look: 'The place is in your program, at the line named above.',
    call: 'Which call of the step makes what the sentence misses? It has to come before this one.',
  },
  {
    id: 'exception',
    evidence: ({ error }) => error && `${error.message} (${error.places[0] ?? 'place unknown'})`,
    usually:
      "A mistake in JavaScript: a name that wasn't imported, or a value that isn't there, or not yet.",
    look: 'The place is in your program, at the line named above.',
    call: 'npx tsc --noEmit --project my-container finds most of these without running anything.',
  },
]

/** The first that is proven counts: a wrong moment is told before wrong arguments. */
export const causes: Cause[] = [
  ...verbs,
  ...source,
  ...values,
  inRun,
  ...limits,
  ...users,
  ...wall,
  ...mounts,
  ...others,
]
