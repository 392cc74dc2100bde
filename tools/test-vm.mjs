// npm run test:vm [-- --kernel VERSION|PATH --cgroup v1|hybrid|v2 …] [-- FILTER…]: the tests on another kernel, in QEMU.
import { ensure } from './lib/setup.mjs'
import { main } from './lib/terminal.mjs'

await main(async () => {
  await ensure()
  const { testInVm } = await import('./vm/main.mjs')
  await testInVm(process.argv.slice(2))
})
