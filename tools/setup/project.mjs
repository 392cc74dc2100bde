// Where things are. Every path is absolute; `root` is the checkout.
import { fileURLToPath } from 'node:url'
import { join } from 'node:path'

export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')
export const at = (...parts) => join(root, ...parts)
