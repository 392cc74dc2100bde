// npm run build: the native addon. `--force` builds it from nothing.
import { forgetAddon } from './lib/addon.mjs'
import { ensure } from './lib/setup.mjs'
import { main, say } from './lib/terminal.mjs'

await main(async () => {
  if (process.argv.includes('--force')) forgetAddon()
  if (!(await ensure(['dependencies', 'addon'])))
    say('The addon is built already, from the sources as they are.')
})
