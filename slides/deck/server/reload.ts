// Live reload: after a change in slides/ or steps/, server-sent events tell the deck's pages.
import type { ServerResponse } from 'node:http'
import { watch } from 'chokidar'
import { say } from '../../../tools/setup/terminal.mjs'

const pause = 100 // milliseconds: an editor saves in several steps

export class Pages {
  readonly #open = new Set<ServerResponse>()

  /** Answers a request with events from now on. */
  add(response: ServerResponse) {
    this.#open.add(response)
    response.on('close', () => this.#open.delete(response))
    response.setHeader('Content-Type', 'text/event-stream')
    response.write('retry: 500\n\n')
  }

  tell(event: 'reload' | 'problem', text = '') {
    const data = text
      .split('\n')
      .map((line) => `data: ${line}\n`)
      .join('')
    for (const response of this.#open) response.write(`event: ${event}\n${data}\n`)
  }

  close() {
    for (const response of this.#open) response.end()
  }
}

export type Watch = { ready: Promise<void>; close(): Promise<void> }

/** Calls back a moment after the last of several changes. */
export function onChange(paths: string[], callback: () => void): Watch {
  let timer: NodeJS.Timeout | undefined
  const watcher = watch(paths, {
    ignoreInitial: true,
    ignored: (path) => /~$|\/slides\/(screenshots|casts)$/.test(path),
  })
  watcher.on('all', () => {
    clearTimeout(timer)
    timer = setTimeout(callback, pause)
  })
  watcher.on('error', (error) =>
    say(`The deck no longer reloads when a slide changes: ${(error as Error).message}`),
  )
  return {
    ready: new Promise((resolve) => watcher.once('ready', resolve)),
    async close() {
      clearTimeout(timer)
      await watcher.close()
    },
  }
}
