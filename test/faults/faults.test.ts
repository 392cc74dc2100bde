// A few of the faults that `npm run test:faults` tries on each step.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { lastOfRoot } from '../harness/target'
import { Lab } from './faults'
import type { Fault } from './trace'

// Before user namespaces: there strace can't follow the child.
const lab = new Lab(lastOfRoot)
beforeAll(() => lab.renew())
afterAll(() => lab.close())

/** What can go wrong at each place, with a status and words. */
const cases: [Fault, number, RegExp][] = [
  [{ place: 'run', call: 'pidfd_open', when: 1, error: 'ENOMEM' }, 1, /^ENOMEM: .*, clone$/m],
  [{ place: 'run', call: 'clone', when: 1, error: 'ENOSPC' }, 1, /^ENOSPC: .*, clone\nhint: /],
  [{ place: 'run', call: 'mkdir', when: 1, error: 'EROFS' }, 1, /^EROFS: .*, mkdir '/],
  [{ place: 'run', call: 'clone3', when: 1, error: 'EPERM' }, 1, /EPERM/],
  [{ place: 'run', call: 'flock', when: 2, error: 'ENOMEM' }, 1, /^ENOMEM: .*, flock/],
  [{ place: 'exec', call: 'execve', when: 1, error: 'EACCES' }, 126, /^EACCES: .*, execve '/],
  [{ place: 'exec', call: 'fcntl', when: 1, error: 'KILL' }, 137, /^$/],
  [{ place: 'child', call: 'sethostname', when: 1, error: 'EPERM' }, 1, /^EPERM: .*, sethostname/],
  [{ place: 'child', call: 'mount', when: 3, error: 'ENOMEM' }, 1, /^ENOMEM: .*, mount '/],
  [{ place: 'child', call: 'pivot_root', when: 1, error: 'EROFS' }, 1, /^EROFS: .*, pivot_root/],
  [{ place: 'child', call: 'umount2', when: 1, error: 'KILL' }, 137, /^$/],
  [{ place: 'wait', call: 'waitid', when: 1, error: 'EINTR' }, 7, /^$/],
  [{ place: 'helper 1', call: 'sendmsg', when: 1, error: 'KILL' }, 1, /SIGKILL/],
]

test.each(cases)('%o', async (fault, status, words) => {
  const found = await lab.try(fault)
  expect(found.line).toMatch(fault.error === 'KILL' ? fault.call : /INJECTED/)
  expect(found).toMatchObject({ status, stderr: expect.stringMatching(words), left: [] })
  expect(['right', 'clean']).toContain(found.verdict)
})

test('what the kernel refuses to remove is named, and the next run removes it', async () => {
  const found = await lab.try({ place: 'run', call: 'rmdir', when: 1, error: 'EACCES' })
  expect(found.line).toMatch(/INJECTED/)
  expect(found).toMatchObject({ status: 1, stderr: expect.stringMatching(/^EACCES: .*, rmdir '/) })
  expect(found.left).toEqual([expect.stringMatching(/^cgroups: got/)])
  expect(found.forGood).toEqual([])
})
