// Where things are. Every path is absolute; `root` is the checkout.
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { join } from 'node:path'

export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')
export const at = (...parts) => join(root, ...parts)

/** Whether this is an unpacked kit (npm run kit): all it can have is in it. */
export const isKit = existsSync(at('KIT.md'))
