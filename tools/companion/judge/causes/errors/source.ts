// What keeps a program from starting: its text, its imports, the addon.
import { existsSync } from 'node:fs'
import { basename } from 'node:path'
import { at } from '../../../../setup/project.mjs'
import type { Cause } from '../../cause'
import { says } from '../says'

/** What isn't there, and the import that may have been meant. */
function lacking(name: string): string {
  const file = `${basename(name).replace(/(\.[jt]s)+$/, '')}.ts`
  const rooms = [
    ['native', `#native/${file.slice(0, -3)}`],
    ['steps/shared', `#shared/${file.slice(0, -3)}`],
    ['rootfs', '#rootfs'],
  ] as const
  const [, meant] = rooms.find(([folder]) => existsSync(at(folder, file))) ?? []
  return `there is no ${name}${meant ? `; what you mean may be '${meant}'` : ''}`
}

export const causes: Cause[] = [
  {
    id: 'not-written-yet',
    evidence: says(/is yours to write/, () => 'it says so itself'),
    usually:
      '`run` of the starter only says what it was asked for: starting the command is the first thing you write.',
    look: 'Read steps/01-exec/main.ts from top to bottom: npm run diff -- mine 1 shows what is missing.',
    call: 'spawn() of #native/spawn starts a program and resolves to its exit status. See execve(2) and wait(2).',
    lines: { step: '01-exec', pattern: /command$|spawn\(/ },
  },
  {
    id: 'missing-file',
    evidence: says(/Cannot find module '(\.\/[^']*)'/, ([, name]) => lacking(`${name}.ts`)),
    usually:
      "It's a file beside main.ts, and it isn't there, or has another name: './cgroup' is my-container/cgroup.ts.",
    look: 'ls my-container/',
    call: 'Each step says which files it adds: npm run diff -- N shows them.',
  },
  {
    id: 'import-path',
    evidence: says(/(?:Cannot find module|Package import specifier) ['"]([^'"]*)/, ([, name]) =>
      lacking(`${name}`),
    ),
    usually:
      "The path of an import is wrong. System calls are '#native/spawn', '#native/mount' and so on, the rest is '#shared/cli', '#shared/reexec' and '#rootfs'; './cgroup' is a file next to your main.ts.",
    look: 'Look at the import lines at the top of your program.',
    call: 'The imports are the same in steps/ and in my-container/: npm run diff -- mine N shows them.',
  },
  {
    id: 'await-outside',
    evidence: says(/[^/\s]+\.ts:\d+:\d+: ERROR: .*\bawait\b.*/i),
    usually: '`await` stands where it may not: it needs an async function around it.',
    look: 'Open the file at that line: which function is it in, and is that one async?',
    call: "async function run(…) { … await … }. The switch calls it without await: Node waits until nothing is left to do. See 'await' in MDN.",
    lines: { step: '01-exec', pattern: /async function run|await spawn|run\(rest\)/ },
  },
  {
    id: 'does-not-compile',
    evidence: says(/[^/\s]+\.ts:\d+:\d+: ERROR: .*|SyntaxError: .*/),
    usually:
      'A bracket, a comma or a quote is missing, or is one too many, at the line named here or just before it.',
    look: 'Open the file at that line.',
    call: 'Your editor and npx tsc --noEmit --project my-container name the place as well.',
  },
  {
    id: 'addon',
    evidence: says(/the native addon .*/, ([text]) => text),
    usually: "The native addon wasn't built for this Node, or has been removed since.",
    look: 'npm run doctor says what is missing on this machine.',
    call: 'npm run build',
  },
]
