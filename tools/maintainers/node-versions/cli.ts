// The program behind `npm run test:nodes`: the tests in a fresh clone for each of several Nodes.
import { main, Problem } from '../../setup/terminal.mjs'
import { words } from '../../setup/words.mjs'
import { testNodes } from './main.mjs'

const lines = ['20.19.0', '22', '24', '26']

main(async () => {
  const argv = process.argv.slice(2)
  const end = argv.includes('--') ? argv.indexOf('--') : argv.length
  const { positionals: versions } = words('usage: npm run test:nodes [-- VERSION…] [-- FILTER…]', {
    args: argv.slice(0, end),
    allowPositionals: true,
  })
  const wrong = versions.find((version: string) => !/^\d+(\.\d+){0,2}$/.test(version))
  if (wrong) throw new Problem(`"${wrong}" isn't a version of Node. Filters go after another --`, 2)
  await testNodes(versions.length ? versions : lines, argv.slice(end + 1))
})
