// npm run workshop -- begin|check|watch|diff|jump|doctor: the learner's companion.
import { checkPlatform } from './setup/platform.mjs'
import { at } from './setup/project.mjs'
import { main } from './setup/terminal.mjs'

await main(async () => {
  const args = process.argv.slice(2)
  // The doctor is for machines on which nothing is installed yet, so it needs nothing but Node, of any age.
  if (args[0] === 'doctor') {
    const { doctor } = await import('./setup/doctor/doctor.mjs')
    return doctor(args.slice(1))
  }
  checkPlatform()
  const { ensure } = await import('./setup/setup.mjs')
  const { become } = await import('./setup/programs.mjs')
  const judges =
    ['check', 'watch'].includes(args[0]) && !args.some((word) => word === '--help' || word === '-h')
  await ensure(...(judges ? [undefined, ['run']] : [['dependencies']]))
  await become([
    process.execPath,
    '--require',
    'tsx/cjs',
    at('tools', 'companion', 'main.ts'),
    ...args,
  ])
})
