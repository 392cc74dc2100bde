// A judge for all tests of a file, and which programs it judges.
import { afterAll, beforeAll } from 'vitest'
import { Judge } from '../../tools/companion/client'
import { Program } from './program'

/** A learner's folder and a judge, for all tests of a file. */
export function useJudge() {
  const program = new Program()
  let judge: Judge
  beforeAll(async () => {
    judge = await Judge.start()
  })
  afterAll(async () => {
    await judge.close()
    program.remove()
  })
  return { program, judge: () => judge }
}

/** In CI, each second of the programs: all of them take a quarter of an hour. Says so. */
export function chosen<T>(programs: T[]): T[] {
  if (process.env.TEST_STEPS !== 'rest') return programs
  const some = programs.filter((_, index) => index % 2 === 0)
  console.log(`${programs.length - some.length} programs are left out: npm run test:all`)
  return some
}
