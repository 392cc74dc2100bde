// The part of the set-up that holds the lock; started by setup.mjs.
import { ensure } from './setup.mjs'
import { main } from './terminal.mjs'

const [names, purposes] = process.argv.slice(2).map((list) => list.split(',').filter(Boolean))
await main(() => ensure(names, purposes))
