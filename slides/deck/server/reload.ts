// Live reload: a change in slides/ or steps/ makes the deck anew, and its pages hear of it (server-sent events).
import type { ServerResponse } from 'node:http'
import { watch } from 'chokidar'
import { say } from '../../../tools/setup/terminal.mjs'

const pause = 100 // milliseconds: an editor saves in several steps
const most = 64

export class Pages {
  readonly #open = new Set<ServerResponse>()

  /** Answers a request with events from now on; false when there are too many that are answered so. */
  add(response: ServerResponse): boolean {
    if (this.#open.size >= most) return false
    this.#open.add(response)
    response.on('close', () => this.#open.delete(response))
    response.write('retry: 500\n\n')
    return true
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

/** Calls back a moment after the last change; resolves to the end of that. */
export function onChange(paths: string[], callback: () => void): () => Promise<void> {
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
    say(`Changes of the slides are not seen from now on: ${(error as Error).message}`),
  )
  return async () => {
    clearTimeout(timer)
    await watcher.close()
  }
}
