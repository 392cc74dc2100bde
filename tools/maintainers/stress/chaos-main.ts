// The program behind `npm run test:chaos`.
import { removeWork } from '../../../test/harness/work'
import { main, Problem, say, task } from '../../setup/terminal.mjs'
import { type ChaosOptions, chaos } from './chaos'

main(async () => {
  const options: ChaosOptions = JSON.parse(process.argv[2] as string)
  const { runs, parallel, seed } = options
  say(`${runs} containers, ${parallel} at the same time; again with: --runs ${runs} --seed ${seed}`)
  try {
    const faults = await task('Killing containers', (detail: (text: string) => void) =>
      chaos(options, (done) => detail(`${done} of ${runs}`)),
    )
    if (faults.length > 0)
      throw new Problem(`Seed ${seed}: ${faults.length} faults\n${faults.join('\n')}`)
    say('After one clean run, which removes what a killed one left, the host is as it was before.')
  } finally {
    removeWork()
  }
})
