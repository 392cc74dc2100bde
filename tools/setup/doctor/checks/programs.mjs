// The programs that come from the distribution.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { find } from '../../programs.mjs'
import { isKit } from '../../project.mjs'
import { attempt } from '../attempt.mjs'

export async function programs() {
  const found = await loadSystem()
  if (!found) return [{ name: 'programs', state: 'note', saw: 'looked at only by a newer Node' }]
  const { installCommand, missingPrograms } = found
  const { isAddonBuilt } = await import('../../addon.mjs')
  const purposes = [
    {
      name: 'programs to build',
      purpose: 'build',
      from: isAddonBuilt() || isKit ? undefined : 1,
      saw: "the addon isn't built yet",
    },
    { name: 'programs to run', purpose: 'run', from: 8, saw: 'step 08 runs them' },
    { name: 'programs to test', purpose: 'test', saw: 'the tests run them' },
  ]
  return [
    ...purposes.map(({ name, purpose, from, saw }) => {
      const missing = missingPrograms([purpose]).filter(({ optional }) => !optional)
      if (missing.length === 0) return { name, state: 'ok', saw: 'are there' }
      return {
        name,
        state: from === undefined ? 'warning' : 'failure',
        saw: `${list(missing)} missing: ${saw}`,
        fix: installing(missing, installCommand),
        from,
      }
    }),
    judging(installCommand),
  ]
}

const list = (needs) => needs.map(({ what }) => what).join(', ')

const installing = (needs, installCommand) =>
  installCommand(needs) ?? `install ${list(needs)} with your package manager`

// The judge starts with unshare, and its fixture, a static program, is compiled once.
const judge = [
  { what: 'unshare', packages: 'util-linux' },
  { what: 'nsenter', packages: 'util-linux' },
  // On Fedora the package depends on the release; dnf finds it by the program.
  {
    what: 'script',
    packages: { 'apt-get': ['bsdutils'], dnf: ['/usr/bin/script'], default: ['util-linux'] },
  },
  {
    what: 'cc',
    packages: {
      'apt-get': ['gcc', 'libc6-dev'],
      dnf: ['gcc', 'glibc-static'],
      apk: ['gcc', 'musl-dev'],
      default: ['gcc'],
    },
  },
]
const library = {
  what: 'a static C library',
  packages: {
    'apt-get': ['libc6-dev'],
    dnf: ['glibc-static'],
    apk: ['musl-dev'],
    default: ['glibc'],
  },
}

function judging(installCommand) {
  const name = 'programs to check'
  const missing = judge.filter(({ what }) => !(isKit && what === 'cc') && !find(what))
  if (missing.length)
    return {
      name,
      state: 'warning',
      saw: `${list(missing)} missing: npm run check runs ${missing.length > 1 ? 'them' : 'it'}`,
      fix: installing(missing, installCommand),
    }
  const { worked, said } = isKit ? { worked: true } : compiling()
  if (worked) return { name, state: 'ok', saw: 'are there' }
  return {
    name,
    state: 'warning',
    saw: `cc makes no static program, and npm run check compiles one: ${said}`,
    fix: installing([library], installCommand),
  }
}

function compiling() {
  const folder = mkdtempSync(join(tmpdir(), 'doctor-'))
  try {
    const words = ['-static', '-o', join(folder, 'program'), '-x', 'c', '-', '-lrt']
    return attempt(['cc', ...words], 'int main(void) { return 0; }\n')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

// It needs a Node of the supported lines.
async function loadSystem() {
  try {
    return await import('../../system.mjs')
  } catch {
    return undefined
  }
}
