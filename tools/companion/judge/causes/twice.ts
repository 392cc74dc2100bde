// A line that is there twice, and fails the second time.
import { join } from 'node:path'
import { tryRead } from '../../../../test/harness/proc'
import type { Cause } from '../cause'

const indent = (line: string) => line.search(/\S/)

/** Whether a line has an equal one above it in the same block. */
function isRepeated(lines: string[], index: number): boolean {
  const line = lines[index] as string
  const first = lines.indexOf(line)
  const between = lines.slice(first, index).filter((one) => one.trim() !== '')
  return first < index && between.every((one) => indent(one) >= indent(line))
}

export const twice: Cause = {
  id: 'twice',
  evidence({ error, target }) {
    for (const place of error?.places ?? []) {
      const [, file = '', number] = /^(\S+):(\d+) /.exec(place) ?? []
      const lines = (tryRead(join(target.main, '..', file)) ?? '').split('\n')
      const line = lines[Number(number) - 1]?.trim() ?? ''
      // What is a whole call, and no part of one.
      if (/^(?!process\.)[\w.]+\(.*\),?$/.test(line) && isRepeated(lines, Number(number) - 1))
        return `${file} has this line twice: ${line}`
    }
    return undefined
  },
  usually: 'What the line does can be done once only: the second time, it is done already.',
  look: 'Both places: is the second one left over from moving the line?',
  call: 'Leave one of them out, most often the first that you wrote.',
}
