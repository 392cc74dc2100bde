// A program that doesn't get as far as a command, or not in the right way.
import { quote } from '../../../../test/harness/claim'
import type { Cause } from '../cause'
import type { Scene } from '../scene'
import { causes as errors } from './errors'
import { causes as tools } from './tools'
import { twice } from './twice'

/** What `echo` writes of its words; nothing if the program doesn't end, as it wouldn't again. */
async function echoed({ start, target }: Scene, ...words: string[]) {
  if (start?.endless) return { text: '', said: '', status: start.status }
  const { stdout, status } = await target.run(['/bin/echo', ...words])
  const text = stdout.toString()
  return { text, said: text.trim(), status }
}

const echoes = new WeakMap<Scene, ReturnType<typeof echoed>>()

/** What it writes of two words: two causes ask. */
function oneTwo(scene: Scene): ReturnType<typeof echoed> {
  const found = echoes.get(scene) ?? echoed(scene, 'one', 'two')
  echoes.set(scene, found)
  return found
}

const passBoth: Pick<Cause, 'look' | 'call' | 'lines'> = {
  look: 'npm run step -- my-container/main.ts /bin/echo one two',
  call: 'const [file, ...args] = command takes them apart; pass both: spawn(file, args, …). See execve(2), argv.',
  lines: { step: '01-exec', pattern: /\.\.\.args\]|spawn\(file/ },
}

export const causes: Cause[] = [
  twice,
  ...tools,
  ...errors,
  {
    id: 'arguments-shifted',
    async evidence(scene) {
      const { said, status } = await oneTwo(scene)
      const isShifted = status === 0 && said !== 'one two' && said !== ''
      return isShifted && `\`run /bin/echo one two\` writes ${quote(said)}`
    },
    usually:
      'The command gets the wrong words: its file is there twice, or a word is lost. args are the words after the file; spawn() and execvp() add the file themselves.',
    ...passBoth,
  },
  {
    id: 'words-joined',
    async evidence(scene) {
      const { said } = await echoed(scene, 'two  words')
      return said === 'two words' && '`run /bin/echo "two  words"` writes "two words"'
    },
    usually:
      "The words of the command become one string, and a shell takes it apart again: spaces and quotes don't survive that.",
    look: 'npm run step -- my-container/main.ts /bin/echo "two  words"',
    call: 'Words are an array from main() to execve(2), so keep them one: spawn(file, args, …), and no shell in between.',
    lines: { step: '01-exec', pattern: /\.\.\.args\]|spawn\(file/ },
  },
  {
    id: 'words-in-one',
    async evidence(scene) {
      const { said } = await echoed(scene, '-n', 'one')
      return said === '-n one' && '`run /bin/echo -n one` writes "-n one"'
    },
    usually: 'All words of the command arrive as one: they were joined.',
    look: 'npm run step -- my-container/main.ts /bin/echo -n one',
    call: 'Words are an array from main() to execve(2), so keep them one: spawn(file, args, …).',
    lines: { step: '01-exec', pattern: /\.\.\.args\]|spawn\(file/ },
  },
  {
    id: 'words-lost',
    async evidence(scene) {
      const { text } = await oneTwo(scene)
      return text === '\n' && '`run /bin/echo one two` writes an empty line'
    },
    usually: 'The command is started, and without its arguments.',
    ...passBoth,
  },
  {
    id: 'streams-of-node',
    evidence: ({ source, said, start }) =>
      !said &&
      start?.stdout.length === 0 &&
      /^.*from '(node:)?child_process'.*$/m.exec(source)?.[0],
    usually:
      "Node's own child_process gives the command pipes in place of your stdin, stdout and stderr, and nobody reads them.",
    look: 'Where does the command come from that you call, at the top of the file?',
    call: "spawn() of #native/spawn hands on descriptors 0, 1 and 2; Node's does with stdio: 'inherit', but knows no namespaces.",
    lines: { step: '01-exec', pattern: /#native\/spawn|await spawn/ },
  },
  {
    id: 'status-lost',
    evidence: (scene) =>
      scene.start?.stdout.toString() === 'it runs\n' &&
      `the command ran, and yet the status is ${scene.start.status}`,
    usually: "Something after the end of the command fails, or its status isn't passed on.",
    look: 'Run it and print the status: npm run step -- my-container/main.ts /bin/true; echo $?',
    call: 'process.exitCode = await spawn(…)',
    lines: { step: '01-exec', pattern: /exitCode/ },
  },
  {
    id: 'never-ends',
    evidence: (scene) => scene.start?.endless,
    usually: 'The program waits for something that never comes, or starts itself again and again.',
    look: 'Run it and look from a second terminal: pstree -a, or ps -ef --forest.',
    call: "The second start needs another verb: reexec('child', command), not 'run'.",
    lines: { step: '02-uts', pattern: /reexec\('/ },
  },
  {
    id: 'all-refused',
    evidence: ({ step, start, said }) =>
      step >= '13' &&
      !said &&
      Number(start?.status) > 128 &&
      `it ends with status ${start?.status}, by a signal, and can't even say why`,
    usually:
      'A filter refuses every call, so the program can neither write nor execute anything, and crashes. A list of refused calls ends with ALLOW for all others; and while it compares numbers, the number must be what is loaded.',
    look: 'Read your filter from its top, for one call such as write: which instruction answers?',
    call: 'load(NUMBER) after the comparison of ARCH; answer(SECCOMP_RET_ALLOW) at the end. See seccomp(2).',
    lines: { step: '13-seccomp', file: 'filter.ts', pattern: /load\(NUMBER\)|answer\(allow\)/ },
  },
  {
    id: 'never-becomes',
    evidence: ({ step, source }) =>
      step >= '02' && !/\bexec\w*\(/.test(source) && 'nothing in main.ts calls execvp()',
    usually: '`child` makes its world and ends: it never becomes the command.',
    look: 'What is the last line of `child`?',
    call: 'execvp(file, args, env) replaces the program and keeps the process. See execve(2).',
    lines: { step: '02-uts', pattern: /execvp\(/ },
  },
  {
    id: 'nothing-happens',
    usually:
      "`run` isn't called, doesn't start the command, or doesn't wait for it: spawn() returns a promise.",
    look: 'Print something at the top of `run`, and the words that it gets.',
    call: 'process.exitCode = await spawn(file, args, …) in an async function.',
    lines: { step: '01-exec', pattern: /exitCode|async function/ },
  },
]
