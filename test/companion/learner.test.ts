// A learner goes through the whole workshop at a terminal of 80×24, on a machine without network.
import { execFileSync, spawnSync } from 'node:child_process'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { HANG, until } from '../harness/waiting'
import { steps } from '../harness/target'
import { Checkout } from './checkout'

vi.setConfig({ hookTimeout: 5 * HANG })

const offline = ['unshare', '--net', '/bin/sh', '-c', 'ip link set lo up && exec "$@"', 'sh']

let checkout: Checkout
/** Whether all steps are written: without them, what comes next would wait in vain. */
let isDone = false
beforeAll(() => {
  checkout = new Checkout()
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
  tmux('send-keys', '-t', 'learner', "PS1='$ '; export NO_COLOR=1; npm run watch", 'Enter')
}

const wrote = (name: string) => checkout.read('my-container', name)

/** Writes a step as the diff shows it. */
function write(step: string): void {
  const { stdout } = checkout.run(['diff', 'mine', step], { on: offline })
  execFileSync('patch', ['-p0', '--quiet'], { cwd: checkout.folder, input: stdout })
}

test(
  'begins, writes each step from the diff, and sees it hold',
  async () => {
    expect(checkout.run(['begin'], { on: offline }).status).toBe(0)
    openTerminal()
    await shows(/hint {2}d diff/)
    await shows(/run is yours to write/)

    for (const step of steps()) {
      const sign = step.slice(0, 2)
      await shows(new RegExp(`Step \\d of 9: ${step}[\\s\\S]*(✖ ${sign}|✖ it starts)`))
      write(step)
      await shows(new RegExp(`Step \\d of 9: ${step}[\\s\\S]*✔ ${sign}\\b`))
      if (step === '04-mount') await breaksSomething()
      if (step === '05-chroot') await pressesCtrlC()
      const next = steps()[steps().indexOf(step) + 1]
      if (next) await goesOnTo(next)
    }
    await shows(/All of 09-ipc holds, and it's the last step/)
    press('q')
    await shows(/You are at 09-ipc/)
    expect(checkout.run(['check', '--only'], { on: offline })).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('All of 09-ipc holds.'),
    })
    isDone = true
  },
  20 * HANG,
)

async function goesOnTo(step: string): Promise<void> {
  press('n')
  const seen = await shows(new RegExp(`Step \\d of 9: ${step}|Press n again`))
  // Twice if it isn't known yet whether the earlier steps still hold.
  if (seen.includes('Press n again')) press('n')
}

async function breaksSomething(): Promise<void> {
  const good = wrote('main.ts')
  checkout.write(
    'my-container/main.ts',
    good.replace("  mount(null, '/', null, MS_REC | MS_PRIVATE)\n", ''),
  )
  await shows(/✖ 04/)
  await shows(/shared:\d+/)
  press('h')
  await shows(/hint 1\/3/)
  press('h')
  press('h')
  await shows(/hint 3\/3[\s\S]*mount\(null, '\/', null, MS_REC \| MS_PRIVATE\)/)
  press('d')
  await shows(/mine → 04-mount[\s\S]*\+ +mount\(null, '\/'/)
  press('x')
  await shows(/✖ 04/)
  checkout.write('my-container/main.ts', good)
  await shows(/✔ 04\b/)
}

async function pressesCtrlC(): Promise<void> {
  const [program, before] = [wrote('main.ts'), JSON.parse(wrote('.progress.json'))]
  checkout.write('my-container/main.ts', `${program}// saved just before\n`)
  await shows(/judging \d+ of/)
  press('C-c')
  await shows(/You are at 05-chroot[^\n]*\n+\$/)
  expect(wrote('main.ts')).toBe(`${program}// saved just before\n`)
  expect(JSON.parse(wrote('.progress.json'))).toMatchObject({
    step: '05-chroot',
    held: before.held,
  })
  tmux('send-keys', '-t', 'learner', 'npm run watch', 'Enter')
  await shows(/Step 5 of 9: 05-chroot[\s\S]*✔ 05\b/)
}

test(
  'resets to the previous step, with a backup',
  async () => {
    expect(isDone).toBe(true)
    const mine = wrote('main.ts')
    checkout.run(['check', '3', '--only'])
    tmux('send-keys', '-t', 'learner', 'npm run watch', 'Enter')
    await shows(/Step 3 of 9/)
    press('r')
    await shows(/Press r again/)
    press('r')
    await shows(/now has the reference of 02-uts/)
    expect(wrote('main.ts')).not.toContain('CLONE_NEWPID')
    press('q')
    await shows(/You are at 03-pid/)
    checkout.run(['jump', '--restore'])
    expect(wrote('main.ts')).toBe(mine)
  },
  5 * HANG,
)

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
