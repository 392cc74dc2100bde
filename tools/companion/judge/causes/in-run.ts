// What makes the container, done by `run`.
import type { Cause } from '../cause'

const calls =
  /^ +(?:(?:mount|umount2|chroot|pivot_root|unshare|mount_setattr|provide|protect|hide|makeDev|mountLayers|dropCapabilities|filterSystemCalls|keepModeOfTerminals)\(|writeFileSync\(['`]\/proc\/sys\/).*/

/** The lines of main.ts that are in `run`, up to the line with its last bracket. */
function runOf(source: string): string[] {
  const lines = source.split('\n')
  const begin = lines.findIndex((line) => /\bfunction run\(|\brun = /.test(line))
  const length = lines.slice(begin).findIndex((line) => /^\}/.test(line))
  return begin < 0 ? [] : lines.slice(begin, begin + length)
}

export const inRun: Cause = {
  id: 'in-run',
  evidence({ source }) {
    const line = runOf(source).find((line) => calls.test(line))
    return line && `\`run\` calls ${line.trim()}`
  },
  usually:
    '`run` is on the host, and stays there: what it does changes the host, or itself, and not the container.',
  look: 'Which of your lines are in `run`, and which in `child`?',
  call: 'What makes the container belongs in `child`, which starts in the new namespaces. See clone(2).',
  lines: { step: '02-uts', pattern: /^\/\/ (On the host|In the container)|function (run|child)\(/ },
}
