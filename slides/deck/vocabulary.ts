// What each step is the first to use: files, and system calls and flags with the first sentence of
// their documentation in native/.
import { readdirSync, readFileSync } from 'node:fs'
import { at } from '../../tools/setup/project.mjs'
import { steps } from '../../tools/setup/steps.mjs'

export type Word = { name: string; meaning: string; page: string }
export type StepWords = { name: string; calls: Word[]; flags: Word[]; files: string[] }

/** All steps, in order. */
export function vocabulary(): StepWords[] {
  const comments = documentation()
  const known = new Set<string>()
  const isNew = (word: string) => !known.has(word) && known.add(word)
  return steps().map((name) => {
    const source = sources(at('steps', name))
    const words = imports(source)
      .filter(isNew)
      .map((word) => explain(word, comments.get(word) ?? ''))
    const isFlag = ({ name }: Word) => name === name.toUpperCase()
    return {
      name,
      calls: words.filter((word) => !isFlag(word)),
      flags: words.filter(isFlag),
      files: files(source).filter(isNew),
    }
  })
}

// main.ts first: the order is the one in which a reader meets the words.
const sources = (folder: string) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.ts'))
    .sort((a, b) => Number(b === 'main.ts') - Number(a === 'main.ts'))
    .map((name) => readFileSync(`${folder}/${name}`, 'utf8'))
    .join('\n')

const imports = (source: string) =>
  [...source.matchAll(/^import \{([^}]*)\} from '#native\//gm)].flatMap(([, names]) =>
    names
      .split(',')
      .map((name) => name.trim())
      .filter(Boolean),
  )

// Paths in /proc, /sys and /dev, and the files of a cgroup (version 2).
const files = (source: string) => [
  ...new Set(
    [
      ...source.matchAll(/['`](\/(?:proc|sys|dev)(?:\/[\w.]+)*)(?=['`/])/g),
      ...source.matchAll(/['/]((?:memory|pids|cpu)[\w.]*\.max|cgroup\.procs)['`]/g),
    ].map(([, path]) => path),
  ),
]

/** The comments of all that native/ exports, by name. */
function documentation(): Map<string, string> {
  const source = readdirSync(at('native'))
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(at('native', name), 'utf8'))
    .join('\n')
  const comments = source.matchAll(
    /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*export (?:(?:async )?function (\w+)|const \{ (\w+) \}|const (\w+) =)/g,
  )
  return new Map(
    [...comments].map(([, comment, call, flag, sum]) => [call ?? flag ?? sum, comment]),
  )
}

function explain(name: string, comment: string): Word {
  const text = comment.replace(/^\s*\* ?/gm, '').replace(/\s+/g, ' ')
  const [, page, section] =
    /man-pages\/man\d\/(\w+)\.(\d)\.html|(\w+)\((7)\)/.exec(text)?.filter(Boolean) ?? []
  const [meaning] = text.trim().split(/(?<=\.) |@/)
  return { name, meaning: meaning.trim(), page: page ? `${page}(${section})` : '' }
}
