// npm run slides:build
import { renderDeck } from './deck'
import { Problem } from '../lib/terminal.mjs'
import { marked } from 'marked'
import { createHighlighter } from 'shiki'

export async function run(args: string[]) {
  console.log(args, renderDeck, Problem, marked.parse('*hi*'), createHighlighter)
}
