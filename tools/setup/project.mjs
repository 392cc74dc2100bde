// Where things are. Every path is absolute; `root` is the checkout.
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { join } from 'node:path'

export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')
export const at = (...parts) => join(root, ...parts)

/** Where the person stands: npm changes into the checkout, and says where it was called. */
export const here = () =>
  process.cwd() === root && process.env.npm_package_json === at('package.json')
    ? (process.env.INIT_CWD ?? root)
    : process.cwd()

/** Whether this is an unpacked kit (npm run kit): all it can have is in it. */
export const isKit = existsSync(at('KIT.md'))
