import { expect, test } from 'vitest'
import { givenMain, prove } from './lib/register'
import { Target } from './lib/target'
import { work } from './lib/work'
import { breakOut, properties } from './properties/05-chroot'

prove('05-chroot', properties)

// True here and here alone, so no property of later steps: from 06-pivot-root on the same program must fail.
if (!givenMain) {
  test('the well-known break-out of chroot works here: it reads a file of the host', async () => {
    expect(await breakOut(Target.step('05-chroot'))).toBe(`escaped: ${work().secret}`)
  })
}
