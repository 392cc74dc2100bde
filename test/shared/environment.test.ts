// What programs in a container expect of it, whatever the host is like.
import { afterAll, expect, test } from 'vitest'
import { type StartOptions, steps, Target } from '../harness/target'
import { isRoot } from '../native/program'
import { term } from '#shared/term'

const target = Target.step(steps().at(-1) as string)
afterAll(() => target.close())

/** Runs a script in a container. */
async function run(script: string, options: StartOptions = {}) {
  await target.ownHost()
  const { status, stdout, stderr } = await target.run(['/bin/sh', '-c', script], options)
  return { status, stdout: stdout.toString(), stderr }
}

test.skipIf(!isRoot)('modes are right, and the umask is 022, on a host with 077', async () => {
  const script = `umask
    stat -c '%a %n' /dev /dev/null /dev/tty /dev/ptmx /dev/pts /dev/shm /dev/mqueue /run /mytemp
    stat -L -c '%a %n' /etc/resolv.conf /etc/hosts /etc/hostname`
  const wrap = ['/bin/sh', '-c', 'umask 077; exec "$@"', 'sh']
  expect(await run(script, { wrap })).toEqual({
    status: 0,
    stdout: `0022
755 /dev
666 /dev/null
666 /dev/tty
777 /dev/ptmx
755 /dev/pts
1777 /dev/shm
1777 /dev/mqueue
755 /run
1777 /mytemp
644 /etc/resolv.conf
644 /etc/hosts
644 /etc/hostname
`,
    stderr: '',
  })
})

test.skipIf(!isRoot)('names of files may be in any language', async () => {
  // Debian's busybox shows the alphabets of Europe, and ? for others.
  const name = 'Grüße Łódź'
  expect(await run(`touch '/mytemp/${name}'; ls /mytemp`)).toMatchObject({ stdout: `${name}\n` })
})

test.skipIf(!isRoot)('TERM is a terminal that the rootfs knows', async () => {
  const inside = async (TERM: string) => (await run('echo $TERM', { env: { TERM } })).stdout.trim()
  expect(await inside('xterm-kitty')).toBe('xterm-256color')
  expect(await inside('linux')).toBe('linux')
  expect(await run('env | grep -c TERM', { wrap: ['env', '-u', 'TERM'] })).toMatchObject({
    stdout: '0\n',
  })
})

test.each([
  ['xterm-kitty', 'xterm-256color'],
  ['xterm-ghostty', 'xterm-256color'],
  ['alacritty', 'xterm-256color'],
  ['foot', 'xterm-256color'],
  ['wezterm', 'xterm-256color'],
  ['screen.xterm-256color', 'xterm-256color'],
  ['tmux', 'tmux'],
  ['tmux-256color', 'tmux-256color'],
  ['screen', 'screen'],
  ['xterm', 'xterm'],
  ['xterm-256color', 'xterm-256color'],
  ['rxvt', 'rxvt'],
  ['linux', 'linux'],
  ['vt100', 'vt100'],
  ['dumb', 'dumb'],
])('TERM=%s becomes %s', (outside, inside) => {
  const { TERM } = process.env
  try {
    process.env.TERM = outside
    expect(term()).toBe(inside)
  } finally {
    process.env.TERM = TERM
  }
})

test.skipIf(!isRoot).each(['32M', '64M'])(
  'with --memory %s, full tmpfs say so and kill nobody',
  async (memory) => {
    const script = `for folder in /mytemp /dev/shm /run; do
      dd if=/dev/zero of=$folder/full bs=64k 2>&1 | grep -o 'No space left on device'
    done`
    expect(await run(script, { options: ['--memory', memory] })).toEqual({
      status: 0,
      stdout: 'No space left on device\n'.repeat(3),
      stderr: '',
    })
  },
)

test.skipIf(!isRoot)('the greatest values of the options are those the kernel takes', async () => {
  const options = ['--memory', '8388607G', '--pids', '4194304', '--cpus', '175921860']
  expect(await run('echo up', { options })).toEqual({ status: 0, stdout: 'up\n', stderr: '' })
})

test.skipIf(!isRoot)('the least values let a container start', async () => {
  const options = ['--memory', '32M', '--pids', '16', '--cpus', '0.1']
  expect(await run('echo up', { options })).toEqual({ status: 0, stdout: 'up\n', stderr: '' })
})

test.each([
  ['--memory', '99999999999999G', '8388607G'],
  ['--memory', '31M', '32M'],
  ['--pids', '5000000', '4194304'],
  ['--pids', '15', '16'],
  ['--cpus', '99999999999999999999', '175921860'],
  ['--cpus', '0.01', '0.1'],
])('%s %s is a wrong command line that names %s', async (option, value, bound) => {
  const { status, stdout, stderr } = await run('echo up', { options: [option, value] })
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
  expect(stderr).toMatch(new RegExp(`^${option} ${value}: .*\\b${bound}\\b.*\\nusage: `))
})
