// A constant that is used before its line has run.
import type { Cause } from '../cause'

/** The line in which main.ts begins to do something, counted from 1; 0 if none is found. */
const beginning = (lines: string[]) =>
  lines.findIndex((line) => /^(?:switch \(|(?:(?:await|void) )?(?:run|child|main)\()/.test(line)) +
  1

/** A sentence that says so, if a constant of this name is set after main.ts has begun. */
function setLate(source: string, name: string): string | false {
  const lines = source.split('\n')
  const begin = beginning(lines)
  const set =
    lines.findIndex((line) => new RegExp(`^(?:const|let|class) ${name}\\b`).test(line)) + 1
  return (
    begin > 0 && set > begin && `line ${set} sets ${name}; it is used from line ${begin} on, before`
  )
}

const cause: Omit<Cause, 'id' | 'evidence'> = {
  usually:
    'A const has no value before its line has run, also one that holds a function; a function declaration is there from the beginning.',
  look: 'In which order are the lines of main.ts run, from the top? The switch starts it all.',
  call: 'Put what the switch needs above it, or declare it: function run(…) { … }. See "Temporal dead zone" in MDN.',
  lines: { step: '01-exec', pattern: /^const env|^switch|^(async )?function run/ },
}

export const usedEarly: Cause = {
  ...cause,
  id: 'used-before-set',
  evidence: ({ source, said }) => {
    const pattern =
      /Cannot access '(\w+)' before|: (\w+) is not a (?:function|constructor)|\b(env) must be\b/
    const name = pattern.exec(said)?.slice(1).find(Boolean)
    return name !== undefined && setLate(source, name)
  },
}

export const environmentEarly: Cause = {
  ...cause,
  id: 'environment-before-set',
  of: /^the environment is clean/,
  evidence: ({ source }) => setLate(source, 'env'),
}
