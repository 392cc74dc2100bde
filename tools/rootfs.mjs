// npm run rootfs [-- KIND…]: makes a root file system. All of that is in rootfs/; this installs its packages first.
import { become } from './lib/programs.mjs'
import { at } from './lib/project.mjs'
import { ensure } from './lib/setup.mjs'
import { main } from './lib/terminal.mjs'

await main(async () => {
  await ensure(['dependencies'])
  await become([process.execPath, '--require', 'tsx/cjs', at('rootfs', 'index.ts'), ...process.argv.slice(2)])
})
