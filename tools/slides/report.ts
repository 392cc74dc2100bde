// Says which files were made.
import { statSync } from 'node:fs'
import { relative } from 'node:path'

export function report(files: string[]) {
  for (const file of files)
    console.log(`${relative('', file)}  ${Math.round(statSync(file).size / 1024)} KiB`)
}
