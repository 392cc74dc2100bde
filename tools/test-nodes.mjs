// npm run test:nodes [-- VERSION…] [-- FILTER…]: the tests in a fresh clone for each of several Nodes.
import { ensure } from './lib/setup.mjs'
import { main, Problem } from './lib/terminal.mjs'
import { testNodes } from './nodes/main.mjs'

await main(async () => {
  await ensure(['dependencies'])
  const { versions, filters } = await options(process.argv.slice(2))
  await testNodes(versions, filters)
})

async function options(words) {
  const { Command } = await import('commander')
  const { parseOptions } = await import('./lib/options.mjs')
  const end = words.includes('--') ? words.indexOf('--') : words.length
  const command = new Command('npm run test:nodes --')
    .description('The tests in a fresh clone for each of several Nodes, which come from the npm registry.')
    .usage('[version...] [-- filter...]')
    .argument('[version...]', 'such as 22 or 20.19.0', undefined, ['20.19.0', '22', '24', '26'])
  const versions = parseOptions(command, words.slice(0, end)).processedArgs[0]
  const wrong = versions.find((version) => !/^\d+(\.\d+){0,2}$/.test(version))
  if (wrong) throw new Problem(`"${wrong}" is no version of Node; filters stand after another --`, 2)
  return { versions, filters: words.slice(end + 1) }
}
