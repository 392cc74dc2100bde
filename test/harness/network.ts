// Networks for the tests: a host's own, and one that plays the internet.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { sandbox } from './sandbox'
import type { Live, Target } from './target'

const execute = promisify(execFile)

/** Runs a program of the host's in the network of a process. */
export async function inNetwork(pid: number, file: string, ...args: string[]): Promise<string> {
  const { stdout } = await execute('nsenter', ['--target', String(pid), '--net', file, ...args])
  return stdout
}

/** A network namespace that plays the internet, joined to the host by a veth pair; it knows no way to any container. */
export async function internet<T>(
  host: number,
  act: (address: string, seenFrom: string, pid: number) => Promise<T>,
): Promise<T> {
  const [near, far] = ['198.51.100.1', '198.51.100.2'] // TEST-NET-2
  const namespace = await sandbox(['--net'], 'ip link set lo up')
  try {
    await inNetwork(
      host,
      'ip',
      ...words(`link add inet0 type veth peer name eth0 netns ${namespace.pid}`),
    )
    await inNetwork(host, 'ip', ...words(`address add ${near}/24 dev inet0`))
    await inNetwork(host, 'ip', ...words('link set inet0 up'))
    await inNetwork(namespace.pid, 'ip', ...words(`address add ${far}/24 dev eth0`))
    await inNetwork(namespace.pid, 'ip', ...words('link set eth0 up'))
    return await act(far, near, namespace.pid)
  } finally {
    await inNetwork(host, 'ip', 'link', 'delete', 'inet0').catch(() => '') // gone with its peer's namespace
    await namespace.close()
  }
}

export const words = (text: string) => text.split(' ')

/** The shared container, on a host which is not the machine: nothing of the machine's network is touched. */
export async function connected(target: Target): Promise<Live> {
  await target.ownHost()
  return target.live()
}
