// A learner works at a terminal of 80×24, on a machine without network: from `begin` to the end.
import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync } from 'node:fs'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { HANG, until } from '../harness/waiting'
import { Checkout } from './checkout'

vi.setConfig({ hookTimeout: 5 * HANG })

const offline = ['unshare', '--net', '/bin/sh', '-c', 'ip link set lo up && exec "$@"', 'sh']

let checkout: Checkout
beforeAll(() => {
  checkout = new Checkout()
  checkout.write('editor', '#!/bin/sh\necho "at $1 of $2"; read -r line\n')
  chmodSync(checkout.path('editor'), 0o755)
})
afterAll(() => {
  tmux('kill-server')
  checkout.remove()
})

function tmux(...args: string[]): string {
  const { stdout } = spawnSync('tmux', ['-S', checkout.path('tmux'), '-f', '/dev/null', ...args], {
    cwd: checkout.folder,
    encoding: 'utf8',
  })
  return stdout
}

const screen = () => tmux('capture-pane', '-p', '-t', 'learner')
const press = (...keys: string[]) => tmux('send-keys', '-t', 'learner', ...keys)

async function shows(text: RegExp): Promise<string> {
  await until(() => text.test(screen()), 2 * HANG)
  const now = screen()
  expect(now).toMatch(text)
  expect(Math.max(...now.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80)
  return now
}

/** At a shell, as in a workshop: `watch` is typed there. */
function openTerminal(): void {
  tmux('new-session', '-d', '-x', '80', '-y', '24', '-s', 'learner', ...offline, '/bin/sh')
  tmux(
    'send-keys',
    '-t',
    'learner',
    `PS1='$ '; export NO_COLOR=1 EDITOR=./editor; npm run watch`,
    'Enter',
  )
}

const wrote = (name: string) => checkout.read('my-container', name)

/** Writes a step as the diff shows it. */
function write(step: string): void {
  const { stdout } = checkout.run(['diff', 'mine', step], { on: offline })
  execFileSync('patch', ['-p0', '--quiet'], { cwd: checkout.folder, input: stdout })
}

test(
  'begins, writes steps from the diff, sees them hold, breaks one, stops, jumps and goes back',
  async () => {
    expect(checkout.run(['begin'], { on: offline }).status).toBe(0)
    openTerminal()
    await shows(/hint {2}d diff/)
    await shows(/✖ it starts[\s\S]*run is yours to write/)
    write('01-exec')
    await shows(/Step 1 of \d+: 01-exec[\s\S]*✔ 01\b/)
    await goesOnTo('02-uts')
    await shows(/✖ 02/)
    write('02-uts')
    await shows(/Step 2 of \d+: 02-uts[\s\S]*✔ 02\b/)
    await breaksSomething()
    await looksAround()
    await pressesCtrlC()

    checkout.run(['jump', '9'], { on: offline })
    tmux('send-keys', '-t', 'learner', 'npm run watch -- 10', 'Enter')
    await shows(/Step 10 of \d+: 10-ipc[\s\S]*✖ 10/)
    write('10-ipc')
    // By the claims of all steps, the earlier ones' too.
    await shows(/All of 10-ipc holds/)
    await goesBack()
  },
  20 * HANG,
)

async function goesOnTo(step: string): Promise<void> {
  press('n')
  const next = new RegExp(`Step \\d+ of \\d+: ${step}`)
  const seen = await shows(new RegExp(`${next.source}|Press n again`))
  // Twice if it isn't known yet whether the earlier steps still hold.
  if (seen.includes('Press n again')) press('n')
  await shows(next)
}

async function breaksSomething(): Promise<void> {
  const good = wrote('main.ts')
  checkout.write('my-container/main.ts', good.replace("  sethostname('container')\n", ''))
  await shows(/✖ 02[\s\S]*seen +"/)
  press('h')
  await shows(/hint 1\/3/)
  press('h')
  press('h')
  await shows(/hint 3\/3[\s\S]*sethostname\('container'\)/)
  press('d')
  await shows(/mine → 02-uts[\s\S]*\+ +sethostname\('container'\)/)
  press('x')
  await shows(/✖ 02/)
  checkout.write('my-container/main.ts', good)
  await shows(/✔ 02\b/)
}

async function looksAround(): Promise<void> {
  press('l')
  await shows(/The steps[\s\S]*> ✔ 02-uts +3\/3/)
  press('Up')
  await shows(/> ✔ 01-exec +9\/9/)
  press('Enter')
  await shows(/Step 1 of \d+: 01-exec/)
  press('t')
  await shows(/Question 1 of 2 about 01-exec[\s\S]*t: answer/)
  press('t')
  await shows(/t: next/)
  press('x')
  // Another terminal takes this one along.
  checkout.run(['jump', '2'], { on: offline })
  await shows(/Step 2 of \d+: 02-uts/)
  press('p')
  await shows(/Step 1 of \d+: 01-exec[\s\S]*All of 01-exec holds/)
  press('a')
  await shows(/saved: judging/)
  await goesOnTo('02-uts')
  await shows(/Step 2 of \d+: 02-uts[\s\S]*1 step as before/)
  await edits()
}

/** An editor in the terminal, at the line; the screen comes back. */
async function edits(): Promise<void> {
  press('e')
  await shows(/at \+1 of .*main\.ts/)
  press('Enter')
  await shows(/Opened my-container\/main\.ts:1[\s\S]*q quit/)
}

async function pressesCtrlC(): Promise<void> {
  const program = wrote('main.ts')
  checkout.write('my-container/main.ts', `${program}// saved just before\n`)
  await shows(/judging \d+ of/)
  press('C-c')
  await shows(/You are at 02-uts[^\n]*\n+\$/)
  expect(wrote('main.ts')).toBe(`${program}// saved just before\n`)
  expect(JSON.parse(wrote('.progress.json'))).toMatchObject({ step: '02-uts' })
}

/** To the previous step, with a backup. */
async function goesBack(): Promise<void> {
  const mine = wrote('main.ts')
  press('r')
  await shows(/Press r again/)
  press('r')
  await shows(/now has the reference of 09-nat/)
  expect(wrote('main.ts')).toBe(checkout.read('steps', '09-nat', 'main.ts'))
  press('q')
  await shows(/You are at 10-ipc/)
  checkout.run(['jump', '--restore'])
  expect(wrote('main.ts')).toBe(mine)
}

test(
  'leaves nothing running',
  async () => {
    tmux('kill-server')
    const left = () => spawnSync('pgrep', ['--full', checkout.folder], { encoding: 'utf8' }).stdout
    await until(() => left() === '')
    expect(left()).toBe('')
  },
  5 * HANG,
)
