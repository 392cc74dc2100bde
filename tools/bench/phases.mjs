// What a step spends its time on: differences of medians, so they are estimates.
import { readFileSync } from 'node:fs'
import { at } from '../lib/project.mjs'

export function phases(nodes, results) {
  return nodes.flatMap(({ version }) => {
    const mine = results.filter(({ node }) => node === version)
    const time = (what) => mine.find((result) => result.what === what)?.ms.median
    const [bare, loaded] = [time('node -e 0'), time('with tsx')]
    return mine
      .filter(({ kind }) => kind === 'step')
      .map(({ what, ms }) => {
        const secondStart = startsTwice(what) ? loaded : 0
        return {
          what,
          node: version,
          nodeStart: bare,
          tsx: loaded - bare,
          secondStart,
          rest: ms.median - loaded - secondStart,
        }
      })
  })
}

const startsTwice = (step) => readFileSync(at('steps', step, 'main.ts'), 'utf8').includes('reexec(')
