// The checkout: where it is, who owns it, and what has been made already.
import * as fs from 'node:fs'
import { isAddonBuilt } from '../../addon.mjs'
import { missingGroups } from '../../packages.mjs'
import { otherPath, wrongPath } from '../../place.mjs'
import { at, root } from '../../project.mjs'
import { attemptAsRoot } from '../attempt.mjs'
import { failure, ok, warning } from '../finding.mjs'
import { mountOptions } from '../mounts.mjs'

export const project = () => [place(), ...owner(), ...lineEnds(), packages(), addon()]

// Folders shared with another system may have no links, no owners, and no programs to start.
const shared = {
  16914839: '9p',
  2020557398: 'vboxsf',
  1702057286: 'FUSE or virtiofs',
  4283649346: 'cifs',
  4266872130: 'smb',
}

function place() {
  const name = 'place of the checkout'
  const elsewhere = 'clone the repository elsewhere, for instance into your home directory'
  const wrong = wrongPath()
  if (wrong) return failure(name, 1, wrong, otherPath)
  if (!canRootRead()) {
    const saw = `root can't read ${root}: file systems like NFS and FUSE may keep root out`
    return failure(name, 1, saw, 'clone the repository to a disk of this machine, below /var/tmp')
  }
  if (mountOptions(root).includes('noexec')) {
    const saw = `${root} is mounted noexec: the addon can't be loaded from there`
    return failure(name, 1, saw, elsewhere)
  }
  const kind = fs.statfsSync ? shared[fs.statfsSync(root).type >>> 0] : undefined
  if (!kind) return ok(name, root)
  const saw = `${root} is on ${kind}, shared with another system: links and owners may not work there`
  return warning(name, saw, elsewhere.replace('elsewhere', 'inside this Linux'))
}

// As long as that can be tried.
const canRootRead = () => {
  const { worked, untried } = attemptAsRoot(['test', '-r', at('package.json')])
  return worked || untried
}

/** Git for Windows converts them where it isn't told otherwise. */
function lineEnds() {
  if (!fs.readFileSync(at('package.json'), 'utf8').includes('\r')) return []
  const saw = 'lines end as on Windows: shells and the tests of the guide stumble over that'
  return [warning('line ends', saw, 'clone the repository again, inside this Linux')]
}

/** What an earlier `sudo npm …` left to root. */
function owner() {
  const uid = process.getuid?.()
  if (uid === 0) return []
  const paths = [
    '.',
    'node_modules',
    'build',
    'build/ts',
    'native/build',
    'native/build/Release',
    'rootfs',
    'rootfs/busybox',
    'my-container',
    'my-container/main.ts',
  ].filter((path) => fs.existsSync(at(path)))
  const foreign = paths.filter((path) => fs.statSync(at(path)).uid !== uid)
  if (foreign.length === 0) return [ok('owner', 'the checkout is yours')]
  const fix = `sudo chown -R "$(id -u):$(id -g)" '${root}'`
  return [warning('owner', `not yours: ${foreign.join(', ')}`, fix)]
}

function packages() {
  const name = 'npm packages'
  const missing = missingGroups(['core', 'companion'])
  if (missing.length === 0) return ok(name, 'are there')
  const saw = `not installed, or not those of package-lock.json: ${missing.join(', ')}`
  const fix = 'npm run setup (once, with a network)'
  return missing.includes('core') ? failure(name, 1, saw, fix) : warning(name, saw, fix)
}

function addon() {
  const name = 'native addon'
  if (isAddonBuilt()) return ok(name, 'is built, and this Node loads it')
  const saw = 'not built, older than its sources, or not to be loaded by this Node'
  return failure(name, 1, saw, 'npm run setup')
}
