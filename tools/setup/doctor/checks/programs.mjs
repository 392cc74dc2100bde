// The programs that come from the distribution.
import { join } from 'node:path'
import { isKit } from '../../project.mjs'
import { attempt } from '../attempt.mjs'
import { failure, note, ok, warning } from '../finding.mjs'
import { inScratch } from '../scratch.mjs'

export async function programs() {
  const found = await loadSystem()
  if (!found) return [note('programs', 'looked at only by a newer Node')]
  const { installCommand, missingPrograms } = found
  const { isAddonBuilt } = await import('../../addon.mjs')
  const isBuilt = isAddonBuilt() || isKit
  const installing = (needs) =>
    installCommand(needs) ?? `install ${list(needs)} with your package manager`

  function purpose(purpose, why, from) {
    const name = `programs to ${purpose}`
    const missing = missingPrograms([purpose])
    if (missing.length === 0) return ok(name, 'are there')
    const saw = `${list(missing)} missing: ${why}`
    const fix = installing(missing)
    return from === undefined ? warning(name, saw, fix) : failure(name, from, saw, fix)
  }

  const check = purpose('check', 'npm run check runs them')
  return [
    purpose('build', "the addon isn't built yet", isBuilt ? undefined : 1),
    purpose('run', 'step 08 runs them', 8),
    purpose('test', 'the tests run them'),
    check.state === 'ok' && !isKit ? compiling(check, installing) : check,
  ]
}

const list = (needs) => needs.map(({ what }) => what).join(', ')

const library = {
  what: 'a static C library',
  packages: {
    'apt-get': ['libc6-dev'],
    dnf: ['glibc-static'],
    apk: ['musl-dev'],
    default: ['glibc'],
  },
}

// The judge's fixture is a static program.
function compiling(check, installing) {
  return inScratch((folder) => {
    const words = ['-static', '-o', join(folder, 'program'), '-x', 'c', '-', '-lrt']
    const { worked, said } = attempt(
      ['env', `TMPDIR=${folder}`, 'cc', ...words],
      'int main(void) { return 0; }\n',
    )
    if (worked) return check
    const saw = `cc makes no static program, and npm run check compiles one: ${said}`
    return warning(check.name, saw, installing([library]))
  })
}

/** What knows the distribution's programs, on a Node of the supported lines. */
export async function loadSystem() {
  try {
    return await import('../../system.mjs')
  } catch {
    return undefined
  }
}
