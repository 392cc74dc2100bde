// A learner's program, read before it starts: what tsx says of a missing bracket or file is a page
// of its own code.
import { at, root } from './project.mjs'
import { Problem, style } from './terminal.mjs'

/**
 * Does nothing if the program can be compiled with all that it imports.
 *
 * @throws Problem with the mistakes, each with its line
 */
export async function refuseMistakes(program) {
  const { build, formatMessages } = await import('esbuild')
  const { errors } = await build({
    entryPoints: [at(program)],
    absWorkingDir: root,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    loader: { '.node': 'empty' },
    write: false,
    logLevel: 'silent',
  }).catch((failure) => failure)
  if (!errors?.length) return
  // What esbuild advises then is for those who make a bundle.
  const told = errors.map((error) => ({
    ...error,
    notes: error.notes.filter(({ text }) => !text.includes('mark the path')),
  }))
  const shown = await formatMessages(told, { kind: 'error', color: style('red', '') !== '' })
  throw new Problem(`${program} can't start:\n\n${shown.join('').trimEnd()}`)
}
