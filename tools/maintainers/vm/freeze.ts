// The checkout as it is now, in one archive: what you edit meanwhile doesn't change what is tested.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { find } from '../../setup/programs.mjs'
import { at, root } from '../../setup/project.mjs'
import { Problem } from '../../setup/terminal.mjs'
import { succeeds } from '../run'

// What the set-up made, whole folders. The packages are read from where they are.
const made = ['native/build', 'build/ts', 'build/fixtures', 'rootfs/busybox']

export async function freeze(folder: string): Promise<void> {
  if (!find('git') || !existsSync(at('.git')))
    throw new Problem(
      'The tests in a VM take the files that git knows, and this is no git checkout.',
    )
  const list = ['ls-files', '-z', '--cached', '--others', '--exclude-standard']
  const { stdout } = await succeeds(['git', '-C', root, ...list])
  const files = stdout.split('\0').filter((path) => path && existsSync(at(path)))
  // posix keeps fractions of a second, which tell whether a compiled file is current.
  const tar = ['tar', '-C', root, '--format=posix', '-f', join(folder, 'checkout.tar')]
  const listed = ['--create', '--null', '--no-recursion', '--files-from=-']
  await succeeds([...tar, ...listed], { stdin: undefined, input: files.join('\0') })
  await succeeds([...tar, '--append', ...made.filter((path) => existsSync(at(path)))])
}
