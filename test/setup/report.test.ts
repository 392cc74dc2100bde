// The doctor's report, for people.
import { stripVTControlCharacters } from 'node:util'
import { expect, test } from 'vitest'
import { failure, ok, untried, warning } from '../../tools/setup/doctor/finding.mjs'
import { report } from '../../tools/setup/doctor/report.mjs'

const long = 'the host drops what it forwards, so containers reach neither each other nor the rest'
const command = `sudo nft insert rule ip filter ${'a'.repeat(60)} accept`
const steps = [{ step: '01-exec', runs: true, stopped_by: [] }]
const print = (findings: ReturnType<typeof ok>[], width?: number) =>
  report(findings, steps, width).map(stripVTControlCharacters)

test.each([100, 60, 30, 12])(
  'it fits a terminal of %i columns, and breaks between words',
  (width) => {
    const found = [ok('kernel', '6.1'), warning('firewall', long, `${command}\n${long}`)]
    const lines = print(found, width)
    const longest = (text: string) => Math.max(...text.split(' ').map((word) => word.length))
    for (const line of lines.filter((line) => !line.includes(command)))
      expect(line.length).toBeLessThanOrEqual(Math.max(width, 4 + longest(line.trim())))
    const words = lines.join(' ').replace(/\s+/g, ' ')
    expect(words).toContain(`${long} ${command} ${long}`)
  },
)

test('without a terminal, nothing is broken', () => {
  expect(print([failure('firewall', 1, long)])).toContain(`✖ firewall  ${long}`)
})

test('what only root can try is one line, with what to type', () => {
  const lines = print([untried('devices', 6), ok('kernel', '6.1'), untried('firewall')])
  expect(lines.filter((line) => line.startsWith('?'))).toEqual([
    '? not tried  only root can try this: devices, firewall',
  ])
  expect(lines).toContain('             sudo -v; npm run doctor')
})
