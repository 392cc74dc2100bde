// npm run docs [-- --check] [--chapter N] [FILE]: the code, diffs, tables and transcripts of WORKSHOP.md from reality.
import { become } from './lib/programs.mjs'
import { at } from './lib/project.mjs'
import { asRoot } from './lib/root.mjs'
import { ensure } from './lib/setup.mjs'
import { main } from './lib/terminal.mjs'

await main(async () => {
  await ensure(undefined, ['run', 'test'])
  const program = [process.execPath, '--import', 'tsx', at('tools', 'docs', 'main.ts')]
  await become(asRoot([...program, ...process.argv.slice(2)]))
})
