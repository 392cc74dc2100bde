// One container is asked by the claims of several steps: what they leave there counts against none.
import { expect, test } from 'vitest'
import type { Lane } from '../../tools/companion/judge/lane'
import { verdictOn } from '../../tools/companion/judge/verdict'
import type { Judgement } from '../../tools/companion/judgement'
import { claim } from '../harness/claim'

/** A lane, and claims on the files in its shared container; `made` counts the containers. */
function fakeLane() {
  let files: string[] | undefined
  let made = 0
  const live = () => {
    if (!files) made++
    files ??= []
    return files
  }
  const target = {
    main: 'main.ts',
    get hasLive() {
      return files !== undefined
    },
    endLive: async () => {
      files = undefined
    },
  }
  const errors = { next: () => undefined }
  const signal = new AbortController().signal
  const lane = { target, errors, signal, known: new Map(), begunBy: '', isSound: true }
  const judgement: Judgement = { program: 'main.ts', step: '04', steps: [] }
  return {
    lane,
    made: () => made,
    judge: (step: string, check: (files: string[]) => void) =>
      verdictOn(
        { name: 'a claim', check: async () => check(live()) },
        step,
        lane as unknown as Lane,
        judgement,
      ),
  }
}

const writes = (files: string[]) => void files.push('left')
const minds = (files: string[]) => claim(files.length === 0, 'no files', `${files}`)

test('steps whose claims hold share one container', async () => {
  const { judge, made } = fakeLane()
  for (const step of ['01', '02', '02', '03'])
    expect(await judge(step, writes)).toEqual({ holds: true })
  expect(made()).toBe(1)
})

test('what another step left there counts against no claim', async () => {
  const { judge, made } = fakeLane()
  await judge('01', writes)
  expect(await judge('02', minds)).toEqual({ holds: true })
  expect(made()).toBe(2)
  expect(await judge('02', writes)).toEqual({ holds: true })
  expect(made()).toBe(2)
})

test('the next step asks no container in which a claim failed', async () => {
  const { judge, made, lane } = fakeLane()
  await judge('01', writes)
  lane.isSound = false
  await judge('02', minds)
  expect(made()).toBe(2)
  expect(lane.isSound).toBe(true)
})

test('a claim that fails there is judged once more, in a new one', async () => {
  const { judge, made } = fakeLane()
  await judge('01', writes)
  const seen: number[] = []
  const fails = (files: string[]) => {
    seen.push(files.length)
    claim(false, 'a host name', 'none')
  }
  // It can't be explained here: there is no program to ask.
  await judge('02', fails).catch(() => {})
  expect(seen).toEqual([1, 0])
  expect(made()).toBe(2)
})
