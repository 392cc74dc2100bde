// The checkout as it is now, in one archive: whoever goes on editing does not change what is tested.
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { find } from '../../setup/programs.mjs'
import { at, root } from '../../setup/project.mjs'
import { Problem } from '../../setup/terminal.mjs'

// What the set-up made; the packages are read from where they are.
const made = ['native/build', 'build/ts', 'rootfs/busybox']

export function freeze(folder) {
  const files = [...sources(), ...made].filter((path) => existsSync(at(path)))
  // posix: with fractions of a second, by which compiled files are told to be current.
  const options = ['--create', '--format=posix', '--null', '--no-recursion', '--files-from=-']
  const [flat, deep] = [files.filter((path) => !made.includes(path)), made]
  const tar = join(folder, 'checkout.tar')
  execFileSync('tar', ['-C', root, ...options, '-f', tar], { input: flat.join('\0') })
  execFileSync('tar', ['-C', root, '--append', '--format=posix', '-f', tar, ...deep])
}

function sources() {
  if (!find('git') || !existsSync(at('.git')))
    throw new Problem(
      'The tests in a VM take what git knows of this checkout, and this is not a git checkout.',
    )
  const list = ['-C', root, 'ls-files', '-z', '--cached', '--others', '--exclude-standard']
  return execFileSync('git', list, { encoding: 'utf8', maxBuffer: 1 << 26 })
    .split('\0')
    .filter(Boolean)
}
