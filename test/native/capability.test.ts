// A second opinion about the names of capabilities: libcap's.
import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import * as native from '#native/capability'

const capsh = (set: bigint) =>
  spawnSync('capsh', [`--decode=${set.toString(16)}`], { encoding: 'utf8' }).stdout?.trim() ?? ''

const isMissing = capsh(1n) === ''
if (isMissing) console.log('Skipped: the names of capabilities compared with capsh (libcap2-bin).')

test.skipIf(isMissing)('capsh knows the capabilities by the same names', () => {
  const known = Object.entries(native).filter(([name]) => name.startsWith('CAP_'))
  expect(known.length).toBeGreaterThan(40)
  for (const [name, bit] of known)
    expect(capsh(1n << BigInt(bit as number)).toUpperCase()).toMatch(
      new RegExp(`=(${name}|${bit})$`),
    )
})
