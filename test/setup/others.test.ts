// Other users of the machine, and root as a network's file system knows it.
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Checkout } from '../companion/checkout'
import { becoming } from '../harness/user'

const [me, other] = [64031, 64032]
const temporary = mkdtempSync(join(tmpdir(), 'others-test-'))
const cache = join(temporary, `tsx-${me}`)
let checkout: Checkout
beforeAll(() => {
  checkout = new Checkout()
  chmodSync(temporary, 0o1777)
  chmodSync(checkout.folder, 0o755)
})
afterAll(() => {
  checkout.remove()
  rmSync(temporary, { recursive: true, force: true })
})

const env = { PATH: process.env.PATH, TMPDIR: temporary, TERM: 'dumb' }
const asMe = (args: string[]) => checkout.node(args, { on: becoming(me), env })

/** The other user makes the folder that tsx will use, and changes what it keeps there. */
function poison(): void {
  mkdirSync(cache)
  chownSync(cache, other, other)
  chmodSync(cache, 0o777)
  asMe(['--require', 'tsx/cjs', 'tools/companion/main.ts', 'diff', '1', '2'])
  for (const name of readdirSync(cache)) {
    const file = join(cache, name)
    const kept = readFileSync(file, 'utf8')
    writeFileSync(file, kept.replace(/^\{"code":"/, "$&console.log('POISON');"))
  }
}

test("the scripts don't run what another user left for tsx", () => {
  poison()
  const typed = asMe(['--require', 'tsx/cjs', 'tools/companion/main.ts', 'diff', '1', '2'])
  expect(typed.stdout).toContain('POISON')
  const script = asMe(['tools/run.mjs', 'diff', '1', '2'])
  expect(script).toMatchObject({ status: 0, stderr: '' })
  expect(script.stdout).not.toContain('POISON')
})

test('neither do the scripts that become root', () => {
  const bin = mkdtempSync(join(temporary, 'bin-'))
  chmodSync(bin, 0o755)
  writeFileSync(join(bin, 'sudo'), '#!/bin/sh\nprintf "<%s>" "$@"\n', { mode: 0o755 })
  const { stdout } = checkout.node(['tools/run.mjs', 'step', '1', '/bin/true'], {
    on: becoming(me),
    env: { ...env, PATH: `${bin}:${process.env.PATH}` },
  })
  expect(stdout).toMatch(/<env>.*<TSX_DISABLE_CACHE=1>.*<--require><tsx\/cjs>/)
})

test("a container's loader keeps nothing either", () => {
  const own = mkdtempSync(join(temporary, 'own-'))
  checkout.write('changed.ts', "console.log('changed' as string)")
  const loaded = checkout.node(['--require', './steps/shared/loader.cjs', 'changed.ts'], {
    env: { ...env, TMPDIR: own },
  })
  expect(loaded).toEqual({ status: 0, stdout: 'changed\n', stderr: '' })
  expect(readdirSync(own)).toEqual([])
})

test("a checkout that root can't read is named, by the doctor too", () => {
  const closed = new Checkout()
  const bin = mkdtempSync(join(temporary, 'bin-'))
  try {
    chmodSync(bin, 0o755)
    // Root is nobody here, as for a server of NFS.
    const nobody = 'exec setpriv --reuid 65534 --clear-groups --inh-caps=-all --ambient-caps=-all'
    const sudo = `#!/bin/sh\n[ "$1" != -n ] || shift\n${nobody} "$@"\n`
    writeFileSync(join(bin, 'sudo'), sudo, { mode: 0o755 })
    spawnSync('chown', ['-R', '-P', `${me}:${me}`, closed.folder])
    chmodSync(closed.folder, 0o700)
    const caps = '+setuid,+setgid,+setpcap'
    const on = [...becoming(me), `--inh-caps=${caps}`, `--ambient-caps=${caps}`]
    const options = { on, env: { ...env, PATH: `${bin}:${process.env.PATH}` } }
    const { status, stderr } = closed.run(['step', '1', '/bin/echo', 'hi'], options)
    expect(stderr).toMatch(/\n✖ Root can't read .*companion checkout-.*NFS.*\n.*Clone.*\n$/)
    expect(status).toBe(1)
    const { stdout } = closed.run(['doctor', '--json'], options)
    expect(JSON.parse(stdout).findings).toContainEqual(
      expect.objectContaining({
        name: 'place of the checkout',
        state: 'failure',
        saw: expect.stringContaining("root can't read"),
      }),
    )
  } finally {
    closed.remove()
  }
})

test("the doctor names a folder of tsx that is another user's", () => {
  const folder = `/tmp/tsx-${me}`
  if (existsSync(folder)) throw new Error(`${folder} is there already`)
  mkdirSync(folder)
  try {
    chownSync(folder, other, other)
    const { stdout } = asMe(['tools/run.mjs', 'doctor', '--json'])
    expect(JSON.parse(stdout).findings).toContainEqual(
      expect.objectContaining({ name: 'tsx cache', saw: expect.stringContaining(folder) }),
    )
  } finally {
    rmSync(folder, { recursive: true })
  }
})
