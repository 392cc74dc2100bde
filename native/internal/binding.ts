// Loads the addon. Only native/ imports it: everyone else uses the modules named after headers.
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

/** A started child. Only the addon knows what is in it. */
export type ChildHandle = { readonly child: unique symbol }

/** What the addon exports. A negative result is -errno. */
interface Binding {
  constants: Record<string, number>
  numbers: Record<string, number | undefined>
  sethostname(name: string): number
  mount(source: Text, target: Text, fstype: Text, flags: number, data: Text): number
  umount2(target: Text, flags: number): number
  openTree(dirfd: number, path: string, flags: number): number
  moveMount(fromFd: number, from: string, toFd: number, to: string, flags: number): number
  mountSetattr(
    dirfd: number,
    path: string,
    flags: number,
    set: number,
    clear: number,
    propagation: number,
    userns: number,
  ): number
  chroot(path: Text): number
  pivotRoot(newRoot: Text, putOld: Text): number
  ttyname(fd: number): string | number
  exit(status: number): never
  unshare(flags: number): number
  setns(fd: number, nstype: number): number
  mknod(path: Text, mode: number, major: number, minor: number): number
  flock(fd: number, operation: number): number
  seccomp(operation: number, flags: number, program: Uint8Array): number
  capset(effective: bigint, permitted: bigint, inheritable: bigint): number
  prctl(option: number, value: number): number
  execve(paths: string[], argv: string[], envp: string[], shellScripts: boolean): number
  startChild(
    paths: string[],
    argv: string[],
    envp: string[],
    cloneflags: number,
  ): number | { pid: number; child: ChildHandle }
  releaseChild(child: ChildHandle): [result: number, call: string]
  killChild(child: ChildHandle): number
  endingSignal(child: ChildHandle): number
  forgetChild(child: ChildHandle): void
  waitChild(child: ChildHandle, ended: (status: number) => void): number
}
type Text = string | null

const require = createRequire(import.meta.url)

function load(): Binding {
  // NATIVE_ADDON names another build, such as the one with sanitizers.
  const path =
    process.env.NATIVE_ADDON ?? join(import.meta.dirname, '..', 'build', 'Release', 'native.node')
  try {
    return require(path)
  } catch (cause) {
    const why = existsSync(path) ? `can't be loaded: ${(cause as Error).message}` : 'is not there'
    const error = new Error(`the native addon ${path} ${why}`, { cause })
    const details = { code: 'ERR_DLOPEN_FAILED', hint: 'build it with: npm run build' }
    throw inSentences(Object.assign(error, details))
  }
}

// A program's imports come before it can say what becomes of errors. Unless it did, or catches
// this one, people get a sentence and no stack trace.
function inSentences<Problem extends Error & { hint: string }>(error: Problem): Problem {
  if (process.listenerCount('uncaughtException') > 0) return error
  process.once('uncaughtException', (thrown) => {
    if (thrown !== error) throw thrown
    process.stderr.write(`${error.message}\nhint: ${error.hint}\n`)
    process.exit(1)
  })
  return error
}

export const binding = load()
export const { constants } = binding
