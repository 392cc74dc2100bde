// Errors that come from what a call gets, or gives.
import type { Cause } from '../../cause'
import { usedEarly } from '../order'
import { says } from '../says'

export const causes: Cause[] = [
  usedEarly,
  {
    id: 'no-value',
    evidence: says(/^E\w+: .*(?:'[^']*\b(?:undefined|NaN)\b[^']*'.*|: (?:undefined|NaN)\b.*)/m),
    usually:
      'What the call gets has `undefined` or `NaN` in it: a variable that was never set, an option that parse() was not told about, or a misspelt name.',
    look: 'Print what you build the words from, right before the call.',
    call: 'The type checker finds most of these: npx tsc --noEmit --project my-container.',
  },
  {
    id: 'not-awaited',
    evidence: says(/.*Received an instance of Promise.*/),
    usually: 'A promise was used as if it were the value: spawn() only resolves to the status.',
    look: 'The line named above: what does it get?',
    call: 'process.exitCode = await spawn(…), in an async function. See "await" in MDN.',
    lines: { step: '01-exec', pattern: /exitCode|async function/ },
  },
  {
    id: 'child-process',
    evidence: says(/.*instance of ChildProcess.*/),
    usually:
      "This spawn() is Node's own, of node:child_process: it gives a ChildProcess, not a promise of the status, and knows no namespaces.",
    look: 'Where does spawn come from, at the top of the file?',
    call: "import { spawn } from '#native/spawn': it resolves to the exit status.",
    lines: { step: '01-exec', pattern: /#native\/spawn|await spawn/ },
  },
  {
    id: 'callback-async',
    evidence: says(/^TypeError: beforeExec must be synchronous.*/),
    usually:
      'The child waits until beforeExec returns. An async function returns at its first await.',
    look: 'Is it `async beforeExec`, or does it return a promise?',
    call: 'beforeExec(pid) { … } without async, and in it only calls that are done when they return.',
    lines: { step: '07-cgroups', pattern: /beforeExec/ },
  },
  {
    id: 'called-at-once',
    evidence: says(/(?:afterEnd|beforeExec)\S* must be .*/),
    usually:
      'spawn() wants the functions themselves, to call them when it is time. With () behind its name, a function is called at once, and what it returns takes its place.',
    look: 'Is there a () behind the name? Is afterEnd an array, in [ ]?',
    call: 'afterEnd: [removeCgroup], beforeExec(pid) { … }. See SpawnOptions in native/spawn.ts.',
    lines: { step: '07-cgroups', pattern: /afterEnd|beforeExec/ },
  },
  {
    id: 'wrong-type',
    evidence: says(/^(?:Type|Range)Error: [\w.]+ must be .*/),
    usually:
      'A call gets a value of another kind than it takes. Flags are one number, joined with |.',
    look: 'The line named above: what does each of its arguments hold?',
    call: 'The types say what each call takes: hover over its name, or open its file in native/.',
  },
]
