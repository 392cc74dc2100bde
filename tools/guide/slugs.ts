// The names GitHub gives to headings.
import GithubSlugger from 'github-slugger'
import { headings } from './chapters'

/** Line of a heading → its anchor. */
export function slugs(markdown: string): Map<number, string> {
  const slugger = new GithubSlugger()
  return new Map(headings(markdown).map(({ text, line }) => [line, slugger.slug(plain(text))]))
}

const plain = (text: string) => text.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/[`*]/g, '')
