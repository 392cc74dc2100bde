// `watch`: judges the learner's program again whenever it is saved.
import { findStep } from '../setup/steps.mjs'
import { Judge } from './client'
import { moveTo, needsBegin } from './learner'
import { Session } from './watch/session'

export async function watch(wanted: string | undefined): Promise<void> {
  needsBegin()
  if (wanted !== undefined) moveTo(findStep(wanted))
  // Before the screen is taken: sudo may ask for a password.
  const judge = await Judge.start()
  await new Session(judge).run()
}
