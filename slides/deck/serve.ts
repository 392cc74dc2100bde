// npm run slides: the deck at 127.0.0.1, with terminals in it, until Ctrl-C.
import { Command, InvalidArgumentError } from 'commander'
import { constants } from 'node:os'
import { at } from '../../tools/setup/project.mjs'
import { Problem, say, style } from '../../tools/setup/terminal.mjs'
import type { Terminals as Mode } from './deck'
import { parseOptions } from '../../tools/setup/options.mjs'
import { open, opener } from './server/browser'
import { type DeckServer, startServer } from './server/http'
import { onChange, Pages } from './server/reload'
import { whyNoTerminals } from './server/shell'
import { makeSite, type Site } from './server/site'
import { type Limits, Terminals } from './server/terminals'

type Flags = { port?: number; open: boolean; terminal: boolean; grace: number }

const usualPort = 4000

export async function run(args: string[]) {
  const flags = parse(args)
  const lack = flags.terminal ? whyNoTerminals() : undefined
  const limits = { grace: flags.grace * 1000 }
  const deck = await serve({ port: flags.port, terminals: flags.terminal && !lack, limits })
  endWithSignals(deck)
  announce(deck, flags, lack)
  await deck.rendered.catch(async (error) => {
    await deck.close()
    throw error
  })
}

function parse(args: string[]): Flags {
  const command = new Command('npm run slides --')
    .description("Serves the instructor's deck on this machine, with live terminals, and opens it.")
    .option(
      '--port <number>',
      `the port at 127.0.0.1; ${usualPort} or another free one by default`,
      port,
    )
    .option('--no-open', 'only print the address')
    .option('--no-terminal', 'recordings in place of live terminals')
    .option('--grace <seconds>', 'how long a terminal waits for its page to come back', seconds, 30)
  return parseOptions(command, args).opts()
}

function port(text: string): number {
  const number = Number(text)
  if (!/^\d+$/.test(text) || number > 65535)
    throw new InvalidArgumentError('A port is a number from 0 to 65535.')
  return number
}

function seconds(text: string): number {
  const number = Number(text)
  if (!(number >= 0 && number <= 3600))
    throw new InvalidArgumentError('It is from 0 to 3600 seconds.')
  return number
}

export type Deck = DeckServer & { rendered: Promise<void> }

type Options = {
  port?: number
  terminals: boolean
  limits?: Partial<Limits>
  watched?: string[]
  make?: (terminals: Mode) => Promise<Site>
}

/** Starts it all. The server answers at once, so that a browser starts while the slides are made. */
export async function serve(options: Options): Promise<Deck> {
  const { watched = [at('slides'), at('steps')], make = makeSite } = options
  const mode: Mode = options.terminals ? 'live' : 'cast'
  const pages = new Pages()
  const terminals = options.terminals ? new Terminals(options.limits) : undefined
  let site: Promise<Site>
  const server = await listen(options.port, { site: () => site, pages, terminals })
  site = make(mode)
  const remake = async () => {
    try {
      site = Promise.resolve(await make(mode))
      pages.tell('reload')
    } catch (error) {
      say(`${style('red', '✖')} ${(error as Error).message}`)
      pages.tell('problem', (error as Error).message)
    }
  }
  // One after the other: what stays is the deck of the last change, also if an earlier one takes longer.
  let last = Promise.resolve()
  const stopWatching = onChange(watched, () => {
    last = last.then(remake)
  })
  return {
    ...server,
    rendered: site.then(() => {}),
    async close() {
      await Promise.all([stopWatching(), terminals?.close(), server.close()])
    },
  }
}

type Parts = Omit<Parameters<typeof startServer>[0], 'port'>

async function listen(wanted: number | undefined, parts: Parts): Promise<DeckServer> {
  try {
    return await startServer({ ...parts, port: wanted ?? usualPort })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EADDRINUSE' && wanted === undefined) return startServer({ ...parts, port: 0 })
    throw new Problem(
      `The deck cannot be served at 127.0.0.1:${wanted ?? usualPort} (${code}). ${advice(code)}`,
    )
  }
}

const advice = (code?: string) =>
  code === 'EADDRINUSE'
    ? 'Another program has this port: choose another one with --port, or none.'
    : 'Ports below 1024 are root’s; choose another one with --port.'

function announce({ port, access }: Deck, flags: Flags, lack?: string) {
  const address = (token: string) => `http://127.0.0.1:${port}/?token=${token}`
  say('The deck, for a browser on this machine:')
  console.log(address(access.token))
  if (lack) say(style('yellow', lack))
  else if (flags.terminal) say(style('yellow', warning()))
  openBrowser(address(access.ticket()), flags)
  say('Ctrl-C ends the deck and everything that runs in its terminals.')
}

function warning() {
  const shells =
    process.getuid?.() === 0
      ? 'A terminal in this deck is a root shell on this machine: whoever has the address is root here.'
      : 'A terminal in this deck is a shell of yours, and with sudo a root shell: whoever has the address has both.'
  return `${shells}\nKeep it to yourself; it works from this machine only. Without terminals: --no-terminal`
}

function openBrowser(address: string, flags: Flags) {
  if (!flags.open) return
  const found = opener()
  if ('program' in found) open(found.program, address)
  else say(`Open the address yourself: ${found.reason}.`)
}

// What runs in the terminals is given the time to clean up; a second signal does not wait for that.
function endWithSignals(deck: Deck) {
  let isEnding = false
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, async () => {
      if (isEnding) process.exit(128 + constants.signals[signal])
      isEnding = true
      await deck.close()
      process.exit(128 + constants.signals[signal])
    })
}
