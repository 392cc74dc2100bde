// The programs of the distribution: names what's missing and, on Debian, installs it.
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { createInterface } from 'node:readline/promises'
import { find, quiet, shown } from './programs.mjs'
import { isKit } from './project.mjs'
import { isRoot } from './root.mjs'
import { Problem, say, style, task } from './terminal.mjs'

// Any one of these programs, and the packages that bring it.
const program = (name, packages) => ({ any: [name], what: name, packages })
const compiler = {
  any: ['c++', 'g++', 'clang++'],
  what: 'a C++ compiler',
  packages: { dnf: ['gcc-c++'], apk: ['g++', 'linux-headers'], pacman: ['gcc'], default: ['g++'] },
}
const make = { any: ['make', 'ninja', 'gmake'], what: 'make', packages: 'make' }
const cmake = { ...program('cmake', 'cmake'), suits: isRecentCmake }
const ip = {
  any: ['ip'],
  what: 'ip of iproute2',
  suits: isIproute2,
  packages: { dnf: ['iproute'], default: ['iproute2'] },
}
const nsenter = program('nsenter', 'util-linux')
const unshare = program('unshare', 'util-linux')
// On Fedora the package depends on the release; dnf finds it by the program.
const script = program('script', {
  'apt-get': ['bsdutils'],
  dnf: ['/usr/bin/script'],
  default: ['util-linux'],
})
// The judge compiles a static program. The kit has it.
const cc = program('cc', {
  'apt-get': ['gcc', 'libc6-dev'],
  dnf: ['gcc', 'glibc-static'],
  apk: ['gcc', 'musl-dev'],
  default: ['gcc'],
})
const ps = program('ps', { dnf: ['procps-ng'], pacman: ['procps-ng'], default: ['procps'] })
const ping = program('ping', { 'apt-get': ['iputils-ping'], default: ['iputils'] })
// The guide's transcripts are an ordinary user's.
const sudo = program('sudo', 'sudo')
// The tests of the companion sit at a terminal, and write each step by its diff.
const terminal = [program('tmux', 'tmux'), program('patch', 'patch')]
// In step 14, for containers of ordinary users.
const newuidmap = program('newuidmap', {
  'apt-get': ['uidmap'],
  dnf: ['shadow-utils'],
  apk: ['shadow-uidmap'],
  default: ['shadow'],
})
const pasta = program('pasta', 'passt')
// A root file system can be made without it, so it never stops anything.
const busybox = {
  ...program('busybox', { 'apt-get': ['busybox-static'], default: ['busybox'] }),
  optional: true,
}

/** The first step that runs the programs of 'run'. */
export const networkStep = '08'

// What each purpose needs.
const needs = {
  build: [compiler, cmake, make],
  run: [ip, program('nft', 'nftables'), nsenter],
  check: [unshare, nsenter, script, cc],
  test: [ps, ping, sudo, ...terminal],
  rootfs: [busybox],
  bench: [program('hyperfine', 'hyperfine')],
  faults: [program('strace', 'strace')],
  'more users': [newuidmap],
  'network without root': [pasta],
}
const installers = {
  'apt-get': ['install', '-y'],
  dnf: ['install', '-y'],
  apk: ['add'],
  pacman: ['-S', '--needed', '--noconfirm'],
}

/** What's missing for these purposes. */
export function missingPrograms(purposes) {
  return purposes.flatMap((purpose) => needs[purpose]).filter((need) => !isThere(need))
}

function isThere(need) {
  if (need === compiler && process.env.CXX) return true
  if (need === cc && isKit) return true
  return need.any.some(find) && (need.suits?.() ?? true)
}

function isRecentCmake() {
  const said = execFileSync(find('cmake') ?? 'cmake', ['--version'], { encoding: 'utf8' })
  const [, major, minor] = /version (\d+)\.(\d+)/.exec(said) ?? []
  return Number(major) > 3 || (Number(major) === 3 && Number(minor) >= 15)
}

// Busybox's, which Alpine comes with, knows neither -json nor -batch.
function isIproute2() {
  return /iproute2/.test(spawnSync(find('ip') ?? 'ip', ['-V'], { encoding: 'utf8' }).stdout)
}

export async function installPrograms(missing) {
  const required = missing.filter((need) => !need.optional)
  if (!required.length && !(isRoot() && find('apt-get'))) return
  const named = `Missing on this system: ${missing.map((need) => need.what).join(', ')}.`
  const byHand = `${named} ${advice(missing)}`
  if (managerHere() !== 'apt-get') throw new Problem(byHand)
  if (!isRoot()) await askForSudo(installCommand(missing), named, byHand)
  else say(named)
  await aptInstall(packagesOf(missing, 'apt-get')).catch((error) => {
    if (required.length) throw new Problem(`${error.message}\n${advice(missing)}`)
  })
  const still = required.filter((need) => !isThere(need))
  if (still.length)
    throw new Problem(
      `Still missing or too old: ${still.map((need) => need.what).join(', ')} (cmake has to be 3.15 or newer).`,
    )
}

const managerHere = () => Object.keys(installers).find(find)

/** The command that installs what's missing, as you'd type it; needs a known installer. */
export function installCommand(missing) {
  const manager = managerHere()
  if (!manager) return undefined
  const sudo = isRoot() || !find('sudo') ? [] : ['sudo']
  return shown([...sudo, manager, ...installers[manager], ...packagesOf(missing, manager)])
}

function packagesOf(missing, manager) {
  const names = missing.flatMap(({ packages }) =>
    typeof packages === 'string' ? packages : (packages[manager] ?? packages.default),
  )
  return [...new Set(names)]
}

function advice(missing) {
  const command = installCommand(missing)
  if (!command)
    return `On Debian these are the packages ${packagesOf(missing, 'apt-get').join(', ')}; install their counterparts and run this again.`
  const how = isRoot() || find('sudo') ? 'Install with' : 'As root, install with'
  return `${how}\n\n    ${command}\n\nand run this again.`
}

async function askForSudo(command, named, byHand) {
  if (!find('sudo') || !process.stdin.isTTY || !process.stderr.isTTY) throw new Problem(byHand)
  say(named)
  const prompt = createInterface({ input: process.stdin, output: process.stderr })
  prompt.on('SIGINT', () => process.exit(130))
  const answer = await prompt.question(`Run ${style('bold', command)}? [Y/n] `)
  prompt.close()
  if (!/^(y|yes|)$/i.test(answer.trim())) throw new Problem(byHand)
  // Asks for the password now, before progress is drawn over the prompt.
  if (spawnSync(find('sudo') ?? 'sudo', ['-v'], { stdio: 'inherit' }).status !== 0)
    throw new Problem(byHand)
}

async function aptInstall(names) {
  const sudo = isRoot() ? [] : ['sudo']
  const environment = ['env', 'DEBIAN_FRONTEND=noninteractive']
  const patient = ['apt-get', '-q', '-o', 'DPkg::Lock::Timeout=300']
  const [file, ...before] = [...sudo, ...environment, ...patient]
  const apt = (args, detail) => quiet(file, [...before, ...args], detail)
  const install = ['install', '-y', '--no-install-recommends', ...names]
  await task(`Installing ${names.join(', ')}`, async (detail) => {
    if (!hasPackageLists()) await apt(['update'], detail)
    await apt(install, detail).catch(async () => {
      // Usually the lists are older than the mirror.
      await apt(['update'], detail)
      await apt(install, detail)
    })
  })
}

function hasPackageLists() {
  const lists = '/var/lib/apt/lists'
  return existsSync(lists) && readdirSync(lists).some((name) => name.includes('Packages'))
}
