// Compiles the steps, native/ and the companion for steps/shared/loader.cjs, so that they start
// sooner. What you edit later runs too: tsx compiles it then.
import { existsSync, mkdirSync, readdirSync, realpathSync, renameSync, rmSync } from 'node:fs'
import { writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { bundle, output } from './bundle.mjs'
import { at, root } from './project.mjs'
import { isCurrent, stamp } from './stamp.mjs'
import { steps } from './steps.mjs'
import { task } from './terminal.mjs'

const compiled = at('build', 'ts')

/** Whether all are compiled, in their present version. */
export const areScriptsCompiled = () =>
  existsSync(compiled) && sources().every((source) => isCurrent(outputOf(source), source))

/**
 * Compiles them, silently after an edit. If that fails, because of a mistake or a read-only
 * checkout, tsx compiles at each start and says what's wrong.
 */
export async function compileScripts() {
  if (existsSync(compiled)) await compile().catch(() => {})
  else await task('Compiling the steps', compile)
}

async function compile() {
  const { build } = await import('esbuild')
  const outdir = `${compiled}.new`
  rmSync(outdir, { recursive: true, force: true })
  await build({
    entryPoints: sources(),
    outbase: root,
    outdir,
    outExtension: { '.js': '.ts.js' },
    banner: { js: output.banner },
    ...output.options,
  })
  for (const source of sources()) stamp(outputOf(source, outdir), source)
  await Promise.all(steps().map((step) => compileMain(at('steps', step, 'main.ts'), outdir)))
  rmSync(compiled, { recursive: true, force: true })
  renameSync(outdir, compiled)
}

async function compileMain(main, outdir, options) {
  const file = outputOf(main, outdir).replace(/\.js$/, '.bundle.js')
  const text = await bundle(main, options)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
  stamp(file, main)
}

/**
 * Compiles a learner's program, so that its second start needs as little memory as that of a step:
 * tsx wouldn't fit into the least --memory. What doesn't compile, tsx explains.
 * @param {string} program its path in the checkout
 */
export async function compileProgram(program) {
  try {
    const main = realpathSync(at(program))
    if (main.startsWith(root)) await compileMain(main, compiled, { maps: 'all' })
  } catch {} // or the checkout is read-only
}

/** Makes the next set-up compile them again. */
export const forgetScripts = () => rmSync(compiled, { recursive: true, force: true })

const sources = () => [
  at('rootfs', 'default.ts'),
  ...rooms.flatMap((room) => scriptsIn(room, { recursive: true })),
  // What a step claims; the other tests are vitest's.
  ...scriptsIn('test').filter((file) => /\/\d\d-[^/]*$/.test(file)),
  at('test', 'escapes', 'lab.ts'),
]

const rooms = ['native', 'steps', 'tools/companion', 'test/harness']

const scriptsIn = (room, options = {}) =>
  readdirSync(at(room), { ...options, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => at(room, name))

const outputOf = (source, outdir = compiled) => `${outdir}${source.slice(root.length)}.js`
