// npm run docs [-- --check] [--chapter N] [FILE]: the code, diffs, tables and transcripts of WORKSHOP.md from reality.
import { become } from './setup/programs.mjs'
import { at } from './setup/project.mjs'
import { asRoot } from './setup/root.mjs'
import { ensure } from './setup/setup.mjs'
import { main } from './setup/terminal.mjs'

await main(async () => {
  await ensure(undefined, ['run', 'test'])
  const program = [process.execPath, '--import', 'tsx', at('tools', 'guide', 'main.ts')]
  await become(asRoot([...program, ...process.argv.slice(2)]))
})
