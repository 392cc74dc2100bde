// What another machine must have for the binaries in the kit.
import { readFileSync } from 'node:fs'
import { quiet } from '../setup/programs.mjs'
import { at } from '../setup/project.mjs'
import { Problem } from '../setup/terminal.mjs'

/** Every Debian has these, however small; a distribution's Node may need more. */
const everywhere = /^(linux-vdso|ld-linux.*|lib(c|m|dl|pthread|rt|gcc_s|stdc\+\+))\.so/

export async function checkNode(): Promise<void> {
  const lines = (await quiet('ldd', [process.execPath])).trim().split('\n')
  const libraries = lines.map((line) => /([^/\s]+\.so[^/\s]*)/.exec(line)?.[1] ?? '')
  const more = libraries.filter((name) => name && !everywhere.test(name))
  if (more.length)
    throw new Problem(
      `Other machines may not have what this Node needs: ${more.join(', ')}. Make the kit with a Node from https://nodejs.org`,
    )
}

/** The oldest glibc that has all symbols which Node and the addon use. */
export function glibc(): string {
  const files = [process.execPath, at('native', 'build', 'Release', 'native.node')]
  const versions = files.flatMap((file) =>
    [...readFileSync(file, 'latin1').matchAll(/\0GLIBC_(2\.\d+)/g)].map((match) => match[1]),
  )
  const minors = versions.map((version) => Number(version?.split('.')[1]))
  if (minors.length === 0) throw new Problem("This Node isn't one for glibc; the kit needs that.")
  return `2.${minors.reduce((a, b) => Math.max(a, b))}`
}
