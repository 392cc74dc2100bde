// What a set-up can't change: the system, the version of Node, and where the checkout is.
import { readFileSync } from 'node:fs'
import { checkPlace } from './place.mjs'
import { at } from './project.mjs'
import { Problem } from './terminal.mjs'

export function checkPlatform() {
  if (process.platform !== 'linux')
    throw new Problem(
      `Containers are made of features of the Linux kernel, and this is ${process.platform}. "A Linux to run it on" in README.md has a way to get one in a few minutes.`,
    )
  const { engines } = JSON.parse(readFileSync(at('package.json'), 'utf8'))
  const wanted = engines.node.replace(/^>=/, '')
  if (isOlder(process.versions.node, wanted))
    throw new Problem(
      `Node ${wanted} or newer is needed, and ${process.execPath} is ${process.versions.node}. Install a newer one, for instance from https://nodejs.org, and run this again.`,
    )
  checkPlace()
}

/** Whether the first two numbers of a version are less than those of another. */
export function isOlder(version, wanted) {
  const [a, b] = [version, wanted].map((text) => text.split('.').map(Number))
  return a[0] !== b[0] ? a[0] < b[0] : a[1] < b[1]
}
