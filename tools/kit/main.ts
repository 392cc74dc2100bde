// npm run kit: one archive for a room without network. On another machine of the same processor,
// `tar xf` and one command give a container, with no compiler, npm or network.
import { Command } from 'commander'
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { quiet } from '../setup/programs.mjs'
import { at } from '../setup/project.mjs'
import { parseOptions } from '../setup/options.mjs'
import { main, say, task } from '../setup/terminal.mjs'
import { gather } from './gather'
import { checkNode, glibc } from './machine'

const command = new Command('npm run kit --')
  .description('Writes one archive for machines without network, compiler, npm and Node.')
  .option('--out <folder>', 'where to', at('build', 'kit'))

main(async () => {
  const { out } = parseOptions(command, process.argv.slice(2)).opts<{ out: string }>()
  await checkNode()
  const needs = glibc()
  mkdirSync(out, { recursive: true })
  const folder = mkdtempSync(join(out, 'new-'))
  const name = `containers-kit-${process.arch}`
  const archive = join(out, `${name}.tar.gz`)
  try {
    await task('Gathering what a learner needs', () => gather(join(folder, name), needs))
    await task(`Writing ${archive}`, () => pack(folder, name, archive))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  const size = (statSync(archive).size / 2 ** 20).toFixed(0)
  say(`${archive}: ${size} MiB, for Linux on ${process.arch} with glibc ${needs} or newer.`)
  say(`There: tar xf ${name}.tar.gz; cd ${name}; ./npm start`)
})

/**
 * One time for all files, in whole seconds: a compiled step bears its source's time, and tar would
 * cut off the fraction of each. Root's, so that no number of this machine's users comes along.
 */
function pack(folder: string, name: string, archive: string) {
  const time = `--mtime=@${Math.floor(Date.now() / 1000)}`
  const owner = ['--owner=0', '--group=0', '--numeric-owner']
  return quiet('tar', ['-czf', archive, time, ...owner, '-C', folder, name])
}
