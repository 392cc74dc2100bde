// The part of the set-up that holds the lock; setup.mjs starts it.
import { ensure } from './setup.mjs'
import { main } from './terminal.mjs'

await main(() => ensure(JSON.parse(process.argv[2])))
