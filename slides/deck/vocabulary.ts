// What each step is the first to use: system calls and flags, with the sentence native/ has about them, and files.
import { readdirSync, readFileSync } from 'node:fs'
import { at } from '../../tools/setup/project.mjs'
import { steps } from '../../tools/setup/steps.mjs'

export type Word = { name: string; meaning: string; page: string }
export type StepWords = { name: string; calls: Word[]; flags: Word[]; files: string[] }

// The other files of native/ are for a program's manners and not the lesson.
const lesson = ['mount', 'process', 'sched', 'unistd']

/** All steps, in order. */
export function vocabulary(): StepWords[] {
  const known = new Set<string>()
  const isNew = (word: string) => !known.has(word) && known.add(word)
  return steps().map((name) => {
    const source = sources(at('steps', name))
    const words = imports(source).filter(isNew).map(explain)
    const isFlag = ({ name }: Word) => name === name.toUpperCase()
    return {
      name,
      calls: words.filter((word) => !isFlag(word)),
      flags: words.filter(isFlag),
      files: files(source).filter(isNew),
    }
  })
}

const sources = (folder: string) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.ts'))
    .sort((a, b) => Number(b === 'main.ts') - Number(a === 'main.ts'))
    .map((name) => readFileSync(`${folder}/${name}`, 'utf8'))
    .join('\n')

const imports = (source: string) =>
  [...source.matchAll(/^import \{ (.*?) \} from '\.\.\/\.\.\/native\/(\w+)'/gm)]
    .filter(([, , file]) => lesson.includes(file))
    .flatMap(([, names]) => names.split(', '))
    .filter((name) => name !== 'withLock')

// Strings of the program that are paths of the kernel's, and the files of a group in cgroup v2.
const files = (source: string) => [
  ...new Set(
    [
      ...source.matchAll(/['`](\/(?:proc|sys|dev)(?:\/[\w.]+)*)(?=['`/])/g),
      ...source.matchAll(/['/]((?:memory|pids|cpu)[\w.]*\.max|cgroup\.procs)['`]/g),
    ].map(([, path]) => path),
  ),
]

function explain(name: string): Word {
  const { comment = '' } =
    lesson.map((file) => documented(file).get(name)).find((found) => found !== undefined) ?? {}
  const text = comment.replace(/^\s*\* ?/gm, '').replace(/\s+/g, ' ')
  const [, page, section] =
    /man-pages\/man\d\/([\w]+)\.(\d)\.html|(\w+)\((7)\)/.exec(text)?.filter(Boolean) ?? []
  return {
    name,
    meaning: text
      .trim()
      .split(/(?<=\.) |@/)[0]
      .trim(),
    page: page ? `${page}(${section})` : '',
  }
}

const cache = new Map<string, Map<string, { comment: string }>>()

function documented(file: string) {
  const found = cache.get(file)
  if (found) return found
  const source = readFileSync(at('native', `${file}.ts`), 'utf8')
  const comments = source.matchAll(
    /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*export (?:async )?(?:function (\w+)|const \{ (\w+) \})/g,
  )
  const entries = new Map(
    [...comments].map(([, comment, call, flag]) => [call ?? flag, { comment }]),
  )
  cache.set(file, entries)
  return entries
}
