// npm run slides: the deck at 127.0.0.1, with live terminals, until Ctrl-C.
import { constants } from 'node:os'
import { at } from '../../tools/setup/project.mjs'
import { Problem, say, style } from '../../tools/setup/terminal.mjs'
import { reloadScript, type Terminals as Mode } from './bundle'
import type { Part, Plan } from './chapters'
import { renderDeck } from './deck'
import { ticketLife } from './server/access'
import { forget, forwarding, openBrowser, whyNoBrowser } from './server/browser'
import { type DeckServer, type Site, startServer } from './server/http'
import { onLauncherGone } from './server/launcher'
import { onChange, Pages } from './server/reload'
import { whyNoTerminals } from './server/shell'
import { type Limits, Terminals } from './server/terminals'
import { recordings } from './static'

export type Flags = {
  port?: number
  open: boolean
  terminal: boolean
  grace: number
  plan: `${Plan}`
  part: `${Part}`
}

const usualPort = 4000

/** Serves the deck, prints its address and opens it. */
export async function present(flags: Flags) {
  const lack = flags.terminal ? whyNoTerminals() : undefined
  const limits = { grace: flags.grace * 1000 }
  const deck = await serve({
    port: flags.port,
    terminals: flags.terminal && !lack,
    plan: Number(flags.plan) as Plan,
    part: Number(flags.part) as Part,
    limits,
    onIntruder: () => endAfterIntruder(deck),
  })
  endWithSignals(deck)
  announce(deck, flags, lack)
  await deck.rendered.catch(async (error) => {
    await deck.close()
    throw error
  })
}

export type Deck = DeckServer & {
  /** Resolves when the slides are made. */
  rendered: Promise<void>
  /** Resolves when changes of files are noticed. */
  watching: Promise<void>
  /** Makes the slides again, once earlier changes are done: the last change wins. */
  changed(): Promise<void>
}

type Options = {
  port?: number
  terminals: boolean
  plan?: Plan
  part?: Part
  limits?: Partial<Limits>
  watched?: string[]
  /** Called if somebody else has read the address for the browser. */
  onIntruder?: () => void
  make?: (terminals: Mode, plan?: Plan, part?: Part) => Promise<Site>
}

/** Starts it all. The server answers at once: a browser can start while the slides are made. */
export async function serve(options: Options): Promise<Deck> {
  const { watched = [at('slides'), at('steps')], make = makeSite } = options
  const mode: Mode = options.terminals ? 'live' : 'cast'
  const pages = new Pages()
  const terminals = options.terminals ? new Terminals(options.limits) : undefined
  let site: Promise<Site>
  const { onIntruder } = options
  const server = await listen(options.port, { site: () => site, pages, terminals, onIntruder })
  site = make(mode, options.plan, options.part)
  const remake = async () => {
    try {
      site = Promise.resolve(await make(mode, options.plan, options.part))
      pages.tell('reload')
    } catch (error) {
      say(`${style('red', '✖')} ${(error as Error).message}`)
      pages.tell('problem', (error as Error).message)
    }
  }
  let last = Promise.resolve()
  const changed = () => {
    last = last.then(remake)
    return last
  }
  const watch = onChange(watched, changed)
  return {
    ...server,
    rendered: site.then(() => {}),
    watching: watch.ready,
    changed,
    async close() {
      await Promise.all([watch.close(), terminals?.close(), server.close()])
    },
  }
}

async function makeSite(terminals: Mode, plan?: Plan, part?: Part): Promise<Site> {
  const [{ html, assets, slides }, script] = await Promise.all([
    renderDeck(terminals, plan, part),
    reloadScript(),
  ])
  const casts = terminals === 'cast' ? recordings(slides) : ''
  const page = html.replace('</body>', () => `${casts}<script src="/reload.js"></script></body>`)
  return new Map([
    ...[...assets].map(([name, asset]) => [`/assets/${name}`, asset] as const),
    ['/', { type: 'text/html', body: page }],
    ['/reload.js', { type: 'text/javascript', body: script }],
  ])
}

type Parts = Omit<Parameters<typeof startServer>[0], 'port'>

async function listen(wanted: number | undefined, parts: Parts): Promise<DeckServer> {
  try {
    return await startServer({ ...parts, port: wanted ?? usualPort })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EADDRINUSE' && wanted === undefined) return startServer({ ...parts, port: 0 })
    throw new Problem(
      `The deck can't be served at 127.0.0.1:${wanted ?? usualPort} (${code}). ${advice(code)}`,
    )
  }
}

const advice = (code?: string) =>
  code === 'EADDRINUSE'
    ? 'Another program uses this port: choose another with --port, or leave it out.'
    : 'Ports below 1024 are root’s: choose another with --port.'

function announce({ port, access }: Deck, flags: Flags, lack?: string) {
  const address = (token: string) => `http://127.0.0.1:${port}/?token=${token}`
  say('The deck, for a browser on this machine:')
  console.log(address(access.token))
  if (lack) say(style('yellow', lack))
  else if (flags.terminal) say(style('yellow', warning()))
  const line = forwarding(port)
  if (line)
    say(`Your browser is on another machine? Type there, and open the address there:\n${line}`)
  if (flags.open) {
    const reason = whyNoBrowser() ?? start(address(access.ticket()))
    if (reason) say(`Open the address yourself: ${reason}.`)
  }
  say('Ctrl-C ends the deck and everything that runs in its terminals.')
}

/** Why the browser couldn't be started, if so. */
function start(address: string): string | undefined {
  try {
    const folder = openBrowser(address)
    setTimeout(() => forget(folder), ticketLife).unref()
    say(
      `Your browser opens a page in ${folder}, which leads there once. If it can't, open it yourself.`,
    )
  } catch (error) {
    return (error as Error).message
  }
}

function warning() {
  const shells =
    process.getuid?.() === 0
      ? 'A terminal in this deck is a root shell on this machine: anyone with the address is root here.'
      : 'A terminal in this deck is your shell, and with sudo a root shell: anyone with the address has both.'
  return `${shells}\nKeep the address to yourself; it works only on this machine. Without terminals: --no-terminal`
}

// The programs in the terminals get time to clean up; a second signal ends the deck at once.
function endWithSignals(deck: Deck) {
  let isEnding = false
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, async () => {
      if (isEnding) process.exit(128 + constants.signals[signal])
      isEnding = true
      await deck.close()
      process.exit(128 + constants.signals[signal])
    })
  onLauncherGone(() => process.kill(process.pid, 'SIGHUP'))
}

async function endAfterIntruder(deck: Deck) {
  say(
    `${style('red', '✖')} The address for your browser was used twice. It is good once: another user of this machine may have read it, and may have had a terminal. The deck ends. Start it again with --no-open, and open the address it prints.`,
  )
  await deck.close()
  process.exit(1)
}
