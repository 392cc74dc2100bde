// What is fetched once for all checkouts of this user: kernels, other Nodes, compilers.
import { homedir } from 'node:os'
import { join } from 'node:path'

const home = process.env.XDG_CACHE_HOME || join(homedir(), '.cache')

export const cached = (...parts) => join(home, 'containers-from-scratch-ts', ...parts)
