// npm run test:vm [-- --kernel VERSION|PATH --cgroup v1|hybrid|v2 …] [-- FILTER…]: the tests on another kernel, in QEMU.
import { ensure } from './setup/setup.mjs'
import { main } from './setup/terminal.mjs'

await main(async () => {
  await ensure()
  const { testInVm } = await import('./maintainers/vm/main.mjs')
  await testInVm(process.argv.slice(2))
})
