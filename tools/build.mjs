// npm run build: the native addon, and the steps compiled for a quick start. `--force` builds the addon from nothing.
import { forgetAddon } from './setup/addon.mjs'
import { forgetScripts } from './setup/scripts.mjs'
import { ensure } from './setup/setup.mjs'
import { main, say } from './setup/terminal.mjs'
import { words } from './setup/words.mjs'

await main(async () => {
  const { values } = words('usage: npm run build [-- --force]', {
    options: { force: { type: 'boolean' } },
  })
  if (values.force) forgetAddon()
  forgetScripts()
  const upToDate = !(await ensure(['dependencies', 'addon']))
  await ensure(['scripts'])
  if (upToDate) say('The addon is built already, from the sources as they are.')
})
