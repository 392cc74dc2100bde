// The program behind `npm run bench`: how long each step takes to start a container and what it
// holds while that runs, beside the same in Go and beside other runtimes.
import { shown } from '../../setup/programs.mjs'
import { main, Problem } from '../../setup/terminal.mjs'
import { bench } from './bench.mjs'
import { options } from './options.mjs'

main(async () => {
  const wanted = options(process.argv.slice(2))
  if (process.getuid?.() !== 0)
    throw new Problem(
      `The bench makes containers and needs root: ${shown(['sudo', process.execPath, 'tools/run.mjs', 'bench', ...process.argv.slice(2)])}`,
    )
  await bench(wanted)
})
