// npm run rootfs [-- KIND…]: makes a root file system. All of that is in rootfs/; this installs its packages first.
import { become } from './setup/programs.mjs'
import { at } from './setup/project.mjs'
import { ensure } from './setup/setup.mjs'
import { main } from './setup/terminal.mjs'

await main(async () => {
  await ensure(['dependencies'])
  await become([
    process.execPath,
    '--require',
    'tsx/cjs',
    at('rootfs', 'index.ts'),
    ...process.argv.slice(2),
  ])
})
