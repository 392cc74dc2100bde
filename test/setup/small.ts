// A checkout with the real tools/setup and lock file, but only a few small packages in its groups.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { at } from '../../tools/setup/project.mjs'

export type Record = { packages: { [path: string]: { version: string; [key: string]: unknown } } }

/** Packages with a dependency, with a binary for each platform, and with neither. */
const groups = {
  core: ['chokidar'],
  companion: ['@lydell/node-pty'],
  deck: ['commander', 'chokidar'],
}

const lock = JSON.parse(readFileSync(at('package-lock.json'), 'utf8')) as Record & {
  [key: string]: unknown
}

export class SmallCheckout {
  readonly folder = mkdtempSync(join(tmpdir(), 'small checkout-'))

  constructor() {
    cpSync(at('tools', 'setup'), this.path('tools', 'setup'), { recursive: true })
    cpSync(at('.npmrc'), this.path('.npmrc'))
    const packages: Record['packages'] = { '': this.list('', groups.core) }
    for (const name of ['companion', 'deck'] as const) {
      const place = `tools/packages/${name}`
      packages[place] = this.list(place, groups[name])
      packages[`node_modules/@packages/${name}`] = { resolved: place, link: true } as never
    }
    const wanted = /^node_modules\/(chokidar|readdirp|commander|@lydell\/node-pty[^/]*)$/
    for (const [path, entry] of Object.entries(lock.packages))
      if (wanted.test(path)) packages[path] = entry
    writeFileSync(this.path('package-lock.json'), JSON.stringify({ ...lock, packages }, null, 2))
  }

  path(...names: string[]): string {
    return join(this.folder, ...names)
  }

  /** Writes the package.json of a group; returns its entry in the lock file. */
  private list(place: string, names: string[]) {
    const dependencies = Object.fromEntries(
      names.map((name) => [name, lock.packages[`node_modules/${name}`]?.version]),
    )
    const name = place ? `@packages/${place.split('/').at(-1)}` : 'small'
    const workspaces = place ? undefined : ['tools/packages/*']
    const entry = { name, version: '1.0.0', private: true, workspaces, dependencies }
    mkdirSync(this.path(place), { recursive: true })
    writeFileSync(this.path(place, 'package.json'), JSON.stringify(entry))
    return entry
  }

  /** npm's record of what it has installed. */
  record(): Record['packages'] {
    const file = this.path('node_modules', '.package-lock.json')
    return (JSON.parse(readFileSync(file, 'utf8')) as Record).packages
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}
