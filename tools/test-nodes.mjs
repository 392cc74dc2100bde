// npm run test:nodes [-- VERSION…] [-- FILTER…]: the tests in a fresh clone for each of several Nodes.
import { checkPlatform } from './lib/platform.mjs'
import { main, Problem } from './lib/terminal.mjs'
import { testNodes } from './nodes/main.mjs'

const lines = ['20.19.0', '22', '24', '26']

await main(async () => {
  checkPlatform()
  const words = process.argv.slice(2)
  const end = words.includes('--') ? words.indexOf('--') : words.length
  const [versions, filters] = [words.slice(0, end), words.slice(end + 1)]
  const wrong = versions.find((version) => !/^\d+(\.\d+){0,2}$/.test(version))
  if (wrong) throw new Problem(`"${wrong}" is no version of Node; filters stand after another --`, 2)
  await testNodes(versions.length ? versions : lines, filters)
})
