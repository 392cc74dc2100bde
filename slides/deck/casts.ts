// Recordings of the console blocks, slides/casts/*.cast, as asciicasts:
// https://docs.asciinema.org/manual/asciicast/v2/
import { existsSync, readFileSync } from 'node:fs'
import { at } from '../../tools/setup/project.mjs'

/** What was typed at a terminal, and what it showed. */
export type Recording = { cols: number; rows: number; exchanges: Spoken[] }
export type Spoken = { prompt: string; input: string; output: string[] }

type Event = [time: number, code: 'o' | 'm', data: string]

export const castFile = (id: string) => at('slides', 'casts', `${id}.cast`)

export function readCast(id: string): string | undefined {
  return existsSync(castFile(id)) ? readFileSync(castFile(id), 'utf8') : undefined
}

// In seconds. Real times would change every file at each recording, and be tedious to watch.
const tempo = { start: 0.5, key: 0.04, enter: 0.3, answer: 0.4, read: 1 }

export function toCast({ cols, rows, exchanges }: Recording): string {
  let time = 0
  const events: Event[] = []
  const add = (pause: number, data: string, code: Event[1] = 'o') => {
    time += pause
    events.push([Math.round(time * 1000) / 1000, code, data])
  }
  for (const [index, { prompt, input, output }] of exchanges.entries()) {
    add(index ? tempo.answer : 0, prompt)
    // Here the player stops until the next key.
    add(index ? tempo.read : tempo.start, input, 'm')
    for (const key of input) add(tempo.key, key === '\n' ? '\r\n> ' : key)
    add(tempo.enter, '\r\n')
    if (output.length) add(tempo.answer, output.map((line) => `${line}\r\n`).join(''))
  }
  add(tempo.answer, exchanges.at(-1)?.prompt ?? '')
  const header = {
    version: 2,
    width: cols,
    height: rows,
    env: { SHELL: '/bin/bash', TERM: 'xterm-256color' },
  }
  return [header, ...events].map((line) => `${JSON.stringify(line)}\n`).join('')
}

/** Reads a file back, to compare it. */
export function fromCast(text: string): Recording {
  const [header, ...events] = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  const exchanges: Spoken[] = []
  let shown = ''
  const finish = () => {
    const last = exchanges.at(-1)
    const lines = shown.split('\r\n')
    const prompt = lines.pop() ?? ''
    if (last) last.output = lines.slice(last.input.split('\n').length)
    shown = ''
    return prompt
  }
  for (const [, code, data] of events as Event[]) {
    if (code === 'm') exchanges.push({ prompt: finish(), input: data, output: [] })
    else shown += data
  }
  finish()
  return { cols: header.width, rows: header.height, exchanges }
}
