// npm run build: the native addon, and the steps compiled for a quick start. `--force` builds the addon from nothing.
import { forgetAddon } from './lib/addon.mjs'
import { forgetScripts } from './lib/scripts.mjs'
import { ensure } from './lib/setup.mjs'
import { main, say } from './lib/terminal.mjs'
import { words } from './lib/words.mjs'

await main(async () => {
  const { values } = words('usage: npm run build [-- --force]', { options: { force: { type: 'boolean' } } })
  if (values.force) forgetAddon()
  forgetScripts()
  const upToDate = !(await ensure(['dependencies', 'addon']))
  await ensure(['scripts'])
  if (upToDate) say('The addon is built already, from the sources as they are.')
})
