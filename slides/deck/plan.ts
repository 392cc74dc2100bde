// A plan of 45, 90 or 180 minutes: which slides it has, and how long each of them takes.
import { type Chapter, type Plan, plans, type Source } from './chapters'

/** The whole workshop, in which everybody writes their own program. */
export const usual: Plan = 180

export type Planned = Source & { seconds: number }

/** A chapter's minutes in a plan. */
export const minutesOf = ({ minutes }: Chapter, plan: Plan) => minutes[plans.indexOf(plan)]

/**
 * The slides a chapter has in a plan. A slide whose time is `rest` takes what the others leave;
 * without one, all take more or less than usual, so that they fill the chapter's minutes.
 */
export function schedule(chapter: Chapter, plan: Plan): Planned[] {
  const total = minutesOf(chapter, plan) * 60
  const slides = total === 0 ? [] : chapter.slides.filter((slide) => slide.plans.includes(plan))
  const fixed = slides.reduce((sum, { seconds }) => sum + (seconds === 'rest' ? 0 : seconds), 0)
  const hasRest = fixed <= total && slides.some(({ seconds }) => seconds === 'rest')
  let [before, now] = [0, 0]
  return slides.map((slide) => {
    if (slide.seconds === 'rest') return { ...slide, seconds: hasRest ? total - fixed : 0 }
    if (hasRest) return { ...slide, seconds: slide.seconds }
    // Rounds the sums, not the summands.
    before = now
    now += slide.seconds
    const at = (seconds: number) => Math.round((seconds / fixed) * total)
    return { ...slide, seconds: at(now) - at(before) }
  })
}
