// npm run bench [-- OPTIONS]: how long each step takes to start a container and what it holds while that runs, beside the
// same in Go and beside other runtimes. `--help` lists the options.
import { shown } from './lib/programs.mjs'
import { ensure } from './lib/setup.mjs'
import { main, Problem } from './lib/terminal.mjs'

await main(async () => {
  await ensure(['dependencies'])
  const { options } = await import('./bench/options.mjs')
  const wanted = options(process.argv.slice(2))
  if (process.getuid() !== 0)
    throw new Problem(
      `The bench makes containers and needs root: ${shown(['sudo', process.execPath, ...process.argv.slice(1)])}`,
    )
  await ensure(undefined, ['run'])
  const { bench } = await import('./bench/bench.mjs')
  await bench(wanted)
})
