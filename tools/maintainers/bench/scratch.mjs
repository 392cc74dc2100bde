// A directory that is gone afterwards, whatever way the bench ends.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stopOnSignals } from './run.mjs'

export async function withScratch(action) {
  const scratch = mkdtempSync(join(tmpdir(), 'containers-bench-'))
  // Go makes parts of its cache read-only; root does not mind.
  process.on('exit', () => rmSync(scratch, { recursive: true, force: true }))
  stopOnSignals()
  await action(scratch)
}
