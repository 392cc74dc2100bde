// Every npm script: what it runs, and what has to be there first. `npm run x` is `node
// tools/run.mjs x`. This file and its imports must load even on a Node that's too old, so that the
// doctor can say so.
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { checkTemporary } from './setup/place.mjs'
import { checkPlatform } from './setup/platform.mjs'
import { at, here } from './setup/project.mjs'
import { main, Problem } from './setup/terminal.mjs'

/**
 * @typedef {object} Command
 * @property {string} about what it's for, in one line
 * @property {string} run a file and its first words: a function of a module in tools/setup, or a
 *   program for Node
 * @property {'esm'} [loads] how to load a TypeScript program, if not as CommonJS (quicker)
 * @property {string} [packages] the groups of npm packages it needs; none without this
 * @property {string} [makes] the parts of the set-up it needs besides packages
 * @property {string} [programs] what it needs the system's programs for
 * @property {boolean} [root] runs as root
 * @property {Record<string, string>} [env] variables for the program
 */

// What several commands need.
const makes = 'addon scripts rootfs'
const withFixtures = `${makes} fixtures`
const everything = 'core companion guide deck test browser maintainers'
const running = { packages: 'core', makes, programs: 'run' }
const learning = { packages: 'core companion' }
const judging = { ...running, ...learning, makes: withFixtures }
const testing = { packages: 'core companion guide test', makes: withFixtures, programs: 'run test' }
const deck = /** @type {const} */ ({ loads: 'esm', packages: 'core companion deck' })
const printing = { ...deck, packages: 'core companion deck browser' }
const vitest = 'node_modules/vitest/vitest.mjs run --configLoader runner'
// What the set-up has compiled starts sooner; tsx compiles the rest.
const compiled = './steps/shared/loader.cjs'
const biome = 'node_modules/@biomejs/biome/bin/biome check'

/** @type {Record<string, Command>} */
const commands = {
  start: {
    about: 'a shell, or the COMMAND you name, in the finished container',
    run: 'tools/setup/commands.mjs start',
    ...running,
  },
  step: {
    about: 'runs one step, or your own program, and shows the command; alone, it lists the steps',
    run: 'tools/setup/commands.mjs step',
    ...running,
  },
  begin: {
    about: 'makes my-container/ for you to write your own container in',
    run: 'tools/companion/main.ts begin',
    ...learning,
  },
  check: {
    about: 'judges my-container/main.ts',
    run: 'tools/companion/main.ts check',
    ...judging,
  },
  watch: {
    about: 'judges it again whenever you save',
    run: 'tools/companion/main.ts watch',
    ...judging,
  },
  diff: {
    about: 'what changes between two steps, or between a step and your own program',
    run: 'tools/companion/main.ts diff',
    ...learning,
  },
  jump: {
    about: "puts a step's code in my-container/ and keeps yours",
    run: 'tools/companion/main.ts jump',
    ...learning,
  },
  workshop: {
    about: 'begin, check, watch, diff, jump and doctor under one name',
    run: 'tools/companion/main.ts',
    ...learning,
  },
  doctor: {
    about: 'finds what would stop you on this machine',
    run: 'tools/setup/doctor/doctor.mjs doctor',
  },
  setup: {
    about: 'brings all you need for a day without network; --all brings everything',
    run: 'tools/setup/commands.mjs setup',
    ...testing,
  },
  build: {
    about: 'builds the native addon and compiles the steps',
    run: 'tools/setup/commands.mjs build',
    packages: 'core',
    makes: 'addon scripts',
  },
  rootfs: {
    about: 'makes a root file system',
    run: 'rootfs/index.ts',
    packages: 'core',
  },
  slides: {
    about: 'serves the deck, with live terminals',
    run: 'slides/deck/cli.ts serve',
    ...running,
    ...deck,
  },
  'slides:build': {
    about: 'makes the deck one HTML file',
    run: 'slides/deck/cli.ts build',
    ...deck,
  },
  'slides:pdf': {
    about: 'prints the deck',
    run: 'slides/deck/cli.ts pdf',
    ...printing,
  },
  'slides:record': {
    about: "types what stands in the deck's terminals, and records or compares it",
    run: 'slides/deck/cli.ts record',
    ...running,
    ...printing,
    root: true,
  },
  'slides:screenshots': {
    about: "takes the README's pictures, of watch and of the deck",
    run: 'slides/deck/cli.ts screenshots',
    ...running,
    ...printing,
  },
  kit: {
    about: 'one archive for a room without network',
    run: 'tools/kit/main.ts',
    packages: deck.packages,
    makes: withFixtures,
  },
  test: {
    about: 'proves the steps on this machine; FILTER… and options go to vitest',
    run: vitest,
    ...testing,
    root: true,
  },
  'test:all': {
    about: 'every test',
    run: vitest,
    ...testing,
    packages: everything,
    root: true,
    env: { TEST_STEPS: 'all' },
  },
  'test:vm': {
    about: 'the tests on another kernel, in QEMU',
    run: 'tools/maintainers/vm/main.ts',
    packages: everything,
    makes,
  },
  'test:nodes': {
    about: 'the tests in fresh clones, on several Nodes',
    run: 'tools/maintainers/node-versions/main.ts',
    packages: 'core',
  },
  'test:people': {
    about: 'simulates the machines people bring',
    run: 'tools/maintainers/machines/main.ts',
    packages: 'core',
  },
  'test:sanitize': {
    about: 'the addon with AddressSanitizer and UBSan',
    run: 'tools/maintainers/sanitize.ts',
    ...testing,
  },
  'test:chaos': {
    about: 'kills containers at random instants and looks for what they leave',
    run: 'test/stress/chaos-main.ts',
    ...testing,
    root: true,
  },
  'test:steady': {
    about: 'judges the same programs again and again, on a busy machine too',
    run: 'test/companion/steady.ts',
    ...testing,
    root: true,
  },
  'test:faults': {
    about: 'makes each system call of a step fail, and looks for what that leaves',
    run: 'test/faults/main.ts',
    ...testing,
    programs: 'run test faults',
    root: true,
  },
  'test:load': {
    about: 'many containers, one after the other and at once',
    run: 'test/stress/load.ts',
    ...testing,
    root: true,
  },
  bench: {
    about: 'what each step costs, beside other runtimes',
    run: 'tools/maintainers/bench/main.ts',
    ...running,
    programs: 'run bench',
  },
  docs: {
    about: "brings the guide's code, diffs and transcripts up to date",
    run: 'tools/guide/main.ts',
    loads: 'esm',
    ...testing,
    root: true,
  },
  lint: {
    about: 'Biome',
    run: `${biome} .`,
    packages: 'maintainers',
  },
  format: {
    about: 'Biome, changing files',
    run: `${biome} --write .`,
    packages: 'maintainers',
  },
  typecheck: {
    about: 'TypeScript',
    run: 'tools/setup/commands.mjs typecheck',
    packages: everything,
  },
}

// tsx keeps what it compiles in /tmp/tsx-UID, and loads code from there. Any user could make that
// folder first. Without it, everything starts as soon.
process.env.TSX_DISABLE_CACHE = '1'

await main(async () => {
  const [name, ...words] = commandLine(process.argv.slice(2))
  if (name === undefined || isHelp(name)) return console.log(list())
  const command = commands[name]
  if (!command) throw new Problem(`There's no command "${name}". There are:\n\n${list()}`, 2)
  countFromHere()
  const [file, ...first] = command.run.split(' ')
  if (file.startsWith('tools/setup/')) await call(file, first[0], command, words)
  else await start(command, [file, ...first, ...words])
})

// The paths that people give count from where they are, and the command runs in the checkout.
function countFromHere() {
  const from = here()
  for (const name of ['ROOTFS', 'ROOTFS_DIR'])
    if (process.env[name]) process.env[name] = resolve(from, process.env[name])
  process.env.INIT_CWD = from
}

// `workshop check 3` means `check 3`.
function commandLine(words) {
  return words[0] === 'workshop' && words[1] in commands ? words.slice(1) : words
}

function list() {
  const lines = Object.entries(commands).map(([name, { about }]) => `${name.padEnd(18)}  ${about}`)
  return lines.join('\n')
}

function isHelp(word) {
  return word === '--help' || word === '-h'
}

// Calls a function of tools/setup with the words and with what prepares the rest, when it's time.
async function call(file, name, command, words) {
  if (name !== 'doctor') checkPlatform()
  const module = await import(pathToFileURL(at(file)).href)
  await module[name](words, (more = {}) => prepare({ ...command, ...more }))
}

/** Becomes a program. */
async function start(command, program) {
  checkPlatform()
  const help = program.some(isHelp)
  if (!help) checkTemporary()
  await prepare(help ? { packages: command.packages } : command)
  const { become } = await import('./setup/programs.mjs')
  const { asRoot } = await import('./setup/root.mjs')
  for (const [name, value] of Object.entries(command.env ?? {})) process.env[name] ??= value
  const loader = command.loads === 'esm' ? ['--import', 'tsx'] : ['--require', compiled]
  const isScript = program[0].endsWith('.ts')
  const argv = [process.execPath, ...(isScript ? loader : []), ...program]
  await become(command.root && !help ? asRoot(argv) : argv)
}

async function prepare(needs) {
  const { ensure } = await import('./setup/setup.mjs')
  return ensure(needs)
}
