// npm run bench [-- OPTIONS]: how long each step takes to start a container and what it holds while that runs, beside the
// same in Go and beside other runtimes. `--help` lists the options.
import { shown } from './setup/programs.mjs'
import { ensure } from './setup/setup.mjs'
import { main, Problem } from './setup/terminal.mjs'

await main(async () => {
  await ensure(['dependencies'])
  const { options } = await import('./maintainers/bench/options.mjs')
  const wanted = options(process.argv.slice(2))
  if (process.getuid() !== 0)
    throw new Problem(
      `The bench makes containers and needs root: ${shown(['sudo', process.execPath, ...process.argv.slice(1)])}`,
    )
  await ensure(undefined, ['run'])
  const { bench } = await import('./maintainers/bench/bench.mjs')
  await bench(wanted)
})
