// The editor that `e` opens, at a line.
import { spawn } from 'node:child_process'
import { basename, join } from 'node:path'
import { folder } from '../learner'
import type { Judgement } from '../judgement'
import { troubles } from '../judgement'

export type Place = { file: string; line: number }

/** The line that the first trouble is about; without trouble, the program's first. */
export function placeOf(judgement: Judgement | undefined): Place {
  const error = judgement && troubles(judgement)[0]?.failure.error
  const [, file, line] = /^(\S+):(\d+) /.exec(error?.places[0] ?? '') ?? []
  if (file) return { file, line: Number(line) }
  const [finding] = judgement?.findings ?? []
  return finding ? { file: finding.file, line: finding.line } : { file: 'main.ts', line: 1 }
}

/** The words that open the editor there, and whether it takes the terminal; none without one. */
export function editorAt(
  { file, line }: Place,
  env: NodeJS.ProcessEnv = process.env,
): { words: string[]; isWindow: boolean } | undefined {
  const given = env.VISUAL || env.EDITOR || (env.TERM_PROGRAM === 'vscode' ? 'code' : '')
  const words = given.split(/\s+/).filter((word) => word !== '' && !/^(-w|--wait)$/.test(word))
  if (words[0] === undefined) return undefined
  const path = join(folder, file)
  const name = basename(words[0])
  const isCode = /^(code|code-insiders|codium|cursor|windsurf)$/.test(name)
  const isWindow = isCode || /^(subl|zed|gedit|kate|idea|webstorm)$/.test(name)
  const place = isCode
    ? ['--goto', `${path}:${line}`]
    : /^(subl|zed|hx|helix)$/.test(name)
      ? [`${path}:${line}`]
      : /^(idea|webstorm|kate)$/.test(name)
        ? ['--line', `${line}`, path]
        : [`+${line}`, path]
  return { words: [...words, ...place], isWindow }
}

/** Opens it; in the terminal, until it ends. Gives what went wrong. */
export function openEditor({ words, isWindow }: { words: string[]; isWindow: boolean }) {
  const [file, ...args] = words as [string, ...string[]]
  const child = spawn(
    file,
    args,
    isWindow ? { stdio: 'ignore', detached: true } : { stdio: 'inherit' },
  )
  return new Promise<string | undefined>((done) => {
    child.once('error', ({ message }) => done(`${file} couldn't be started: ${message}`))
    child.once(isWindow ? 'spawn' : 'exit', () => done(undefined))
    if (isWindow) child.unref()
  })
}
