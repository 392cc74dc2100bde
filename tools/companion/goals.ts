// What each step adds, in a few words: read from the table in README.md, where people look for it.
import { readFileSync } from 'node:fs'
import { at } from '../setup/project.mjs'

export function goal(step: string): string {
  const row = readFileSync(at('README.md'), 'utf8')
    .split('\n')
    .find((line) => line.startsWith(`| [${step}](`))
  return row?.split('|')[2]?.trim() ?? ''
}
