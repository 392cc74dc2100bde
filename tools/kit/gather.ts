// What goes into the kit, put together in a folder.
import { execFileSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { marked } from 'marked'
import { packagePaths } from '../setup/packages.mjs'
import { quiet } from '../setup/programs.mjs'
import { at } from '../setup/project.mjs'
import { Problem } from '../setup/terminal.mjs'

/** Built or installed here; what else there is comes with git's list of files. */
const made = ['build/ts', 'build/fixtures', 'native/build/Release', 'rootfs/busybox']

export async function gather(kit: string, glibc: string): Promise<void> {
  for (const path of [...trackedFiles(), ...made, ...packagePaths(['core', 'companion'])])
    copy(path, kit)
  writeRecord(kit)
  mkdirSync(join(kit, 'node', 'bin'), { recursive: true })
  cpSync(process.execPath, join(kit, 'node', 'bin', 'node'), { dereference: true })
  await buildPages(kit)
  fillIn('npm.sh', join(kit, 'npm'), glibc)
  chmodSync(join(kit, 'npm'), 0o755)
  fillIn('KIT.md', join(kit, 'KIT.md'), glibc)
}

function trackedFiles(): string[] {
  if (!existsSync(at('.git')))
    throw new Problem('The kit holds the files git knows of, and this is no git checkout.')
  const listed = execFileSync('git', ['ls-files', '-z'], { cwd: at('.'), encoding: 'utf8' })
  return listed.split('\0').filter((file) => file && existsSync(at(file)))
}

function copy(path: string, kit: string): void {
  mkdirSync(dirname(join(kit, path)), { recursive: true })
  cpSync(at(path), join(kit, path), { recursive: true, verbatimSymlinks: true })
}

/** npm's record of what is installed, for these packages alone. */
function writeRecord(kit: string): void {
  const file = join('node_modules', '.package-lock.json')
  const record = JSON.parse(readFileSync(at(file), 'utf8'))
  const kept = Object.entries(record.packages).filter(([path]) => existsSync(join(kit, path)))
  writeFileSync(
    join(kit, file),
    JSON.stringify({ ...record, packages: Object.fromEntries(kept) }, null, 2),
  )
}

/** The deck, its handout, and the guide, for a browser. */
async function buildPages(kit: string): Promise<void> {
  const deck = join(kit, 'deck')
  const build = [at('slides', 'deck', 'cli.ts'), 'build', '--out', deck]
  await quiet(process.execPath, ['--import', 'tsx', ...build])
  const guide = await marked.parse(readFileSync(at('WORKSHOP.md'), 'utf8'))
  writeFileSync(
    join(deck, 'workshop.html'),
    `<!doctype html><meta charset="utf-8"><title>Workshop</title>
<style>body { max-width: 48em; margin: auto; padding: 1em; font: 1.1em/1.5 sans-serif }
pre { overflow-x: auto; background: #f3f3f3; padding: 0.5em }</style>
${guide}`,
  )
}

function fillIn(template: string, file: string, glibc: string): void {
  const text = readFileSync(at('tools', 'kit', template), 'utf8')
  const machine = process.arch === 'x64' ? 'x86_64' : 'aarch64'
  writeFileSync(file, text.replaceAll('@GLIBC@', glibc).replaceAll('@MACHINE@', machine))
}
