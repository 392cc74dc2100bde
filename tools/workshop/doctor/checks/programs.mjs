// The programs that come from the distribution.
import { find } from '../../../lib/programs.mjs'

export async function programs() {
  const found = await loadSystem()
  if (!found) return [{ name: 'programs', state: 'note', saw: 'looked at only by a newer Node' }]
  const { installCommand, missingPrograms } = found
  const { isAddonBuilt } = await import('../../../lib/addon.mjs')
  const purposes = [
    {
      name: 'programs to build',
      purpose: 'build',
      from: isAddonBuilt() ? undefined : 1,
      saw: 'the addon is not built yet',
    },
    { name: 'programs to run', purpose: 'run', from: 8, saw: 'step 08 runs them' },
    { name: 'programs to test', purpose: 'test', saw: 'the tests run them' },
  ]
  return [
    ...purposes.map(({ name, purpose, from, saw }) => {
      const missing = missingPrograms([purpose]).filter(({ optional }) => !optional)
      if (missing.length === 0) return { name, state: 'ok', saw: 'are there' }
      const fix =
        installCommand(missing) ??
        `install ${missing.map(({ what }) => what).join(', ')} with your package manager`
      return {
        name,
        state: from === undefined ? 'warning' : 'failure',
        saw: `${missing.map(({ what }) => what).join(', ')} missing: ${saw}`,
        fix,
        from,
      }
    }),
    judging(),
  ]
}

/** The judge starts with unshare, and its fixture is compiled once. */
function judging() {
  const name = 'programs to check'
  const missing = ['unshare', 'nsenter', 'script', 'cc'].filter((program) => !find(program))
  if (missing.length === 0) return { name, state: 'ok', saw: 'are there' }
  return {
    name,
    state: 'warning',
    saw: `${missing.join(', ')} missing: npm run check runs ${missing.length > 1 ? 'them' : 'it'}`,
    fix: 'on Debian and Ubuntu: sudo apt-get install -y util-linux bsdutils gcc libc6-dev',
  }
}

// It needs a Node of the supported lines.
async function loadSystem() {
  try {
    return await import('../../../lib/system.mjs')
  } catch {
    return undefined
  }
}
