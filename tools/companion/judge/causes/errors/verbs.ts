// Errors of the two starts of a program, as `run` and as `child`.
import type { Cause } from '../../cause'
import type { Scene } from '../../scene'

/** A case for run that goes on with the next one. */
const fallsThrough =
  /case 'run':(?:(?!\b(?:break|return|case|default)\b)[\s\S])*\b(?:case '|default:)/

/** How the process was started that says how it is called. */
const badlyCalled = ({ error, said }: Scene) => (/^usage: /m.test(said) ? error : undefined)

export const causes: Cause[] = [
  {
    id: 'not-reexecuted',
    evidence: ({ error }) =>
      error?.file === '/proc/self/exe' &&
      error.message.startsWith('SyntaxError') &&
      error.words[0] === '-c' &&
      'the second start is `node /bin/sh -c …`: Node reads the command as JavaScript',
    usually:
      '/proc/self/exe is Node. Its words have to name your program and a verb, before those of the command.',
    look: 'Print what spawn() gets as its words.',
    call: "spawn('/proc/self/exe', reexec('child', command), …): reexec() puts your program and the verb before them.",
    lines: { step: '02-uts', pattern: /reexec\('/ },
  },
  {
    id: 'falls-through',
    evidence: (scene) =>
      badlyCalled(scene)?.words[0] === 'run' &&
      fallsThrough.test(scene.source) &&
      `there is no break between "case 'run'" and the next one`,
    usually: 'The case for run has no break, so the switch goes on with the next one.',
    look: "Print something behind the switch's cases: which of them does `run` go through?",
    call: 'Each case ends with break. See "switch" in MDN.',
    lines: { step: '02-uts', pattern: /case '|break|(run|child)\(rest\)/ },
  },
  {
    id: 'verb-of-run',
    evidence: (scene) => {
      const words = badlyCalled(scene)?.words
      return (
        words?.[0] === 'run' &&
        `it was started with "${words.join(' ')}", and says how it is called`
      )
    },
    usually:
      'The words that the switch and `run` look at are not those that you typed: process.argv begins with the paths of Node and of your program.',
    look: 'Print process.argv at the top of the program.',
    call: 'process.argv.slice(2) is what you typed: the verb `run`, and then the command. See process.argv in the documentation of Node.',
    lines: { step: '01-exec', pattern: /process\.argv|case 'run'|run\(rest\)|parse\(argv\)/ },
  },
  {
    id: 'guard-refuses-run',
    evidence: (scene) =>
      badlyCalled(scene)?.file === '/proc/self/exe' &&
      /^only `run` may start `child`.*/m.exec(scene.said)?.[0],
    usually: 'The check at the top of `child` refuses everybody, `run` too.',
    look: 'Print process.argv0 there: it is /proc/self/exe if `run` has started it.',
    call: 'An if before usage(), and only that line belongs to it: if (process.argv0 !== …) usage(…).',
    lines: { step: '02-uts', pattern: /argv0|only `run`/ },
  },
  {
    id: 'not-self-exe',
    evidence: (scene) => {
      const { file = '', words = [] } = badlyCalled(scene) ?? {}
      return (
        words.length > 0 &&
        file !== '/proc/self/exe' &&
        `the second start, with the verb "${words[0]}", is that of ${file}, not of /proc/self/exe`
      )
    },
    usually:
      '`child` works only if it is started as /proc/self/exe, which nobody types: this is how it knows `run`.',
    look: 'Print process.argv0 at the top of the program: it is started twice.',
    call: "spawn('/proc/self/exe', reexec('child', command), …): a link to the program that is running, which is Node. See proc(5).",
    lines: { step: '02-uts', pattern: /proc\/self\/exe/ },
  },
  {
    id: 'no-verb',
    evidence: (scene) => {
      const error = badlyCalled(scene)
      return (
        error &&
        `the second start, with the verb "${error.words[0] ?? ''}", fails: ${error.message.split('\n').at(-1)}`
      )
    },
    usually:
      "`run` starts the program once more with the verb `child`, and the switch has no case for it; or the arguments of `run` don't arrive where they are used.",
    look: 'Print process.argv at the top of the program: it is started twice.',
    call: "reexec('child', command) gives the words for the second start; the switch needs a case for each verb.",
    lines: { step: '02-uts', pattern: /case '|child\(rest\)|reexec\('/ },
  },
]
