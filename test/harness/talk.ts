// Containers and hosts that talk to each other, by ping and TCP.
import { at } from '../../tools/setup/project.mjs'
import { claim, quote } from './claim'
import { inNetwork } from './network'
import type { Live } from './target'
import { soon } from './waiting'

/** Seconds in which a connection must answer, so that one to nowhere ends at all. */
const PATIENCE = 10

export async function ping(shell: Live, to: string, meaning: string): Promise<void> {
  const ask = async () => {
    const { status, output } = await shell.ask(`ping -c 1 -W 1 ${to}`)
    return { answered: status === 0, output }
  }
  await answers(ask, `an answer to ping from ${meaning}, ${to}`)
}

export async function pingFromHost(host: number, to: string): Promise<void> {
  const ask = () =>
    hostBusybox(host, `ping -c 1 -W 1 ${to}`).then(
      (output) => ({ answered: true, output }),
      ({ stdout }: { stdout?: string }) => ({ answered: false, output: String(stdout) }),
    )
  await answers(ask, `an answer to ping from the host to the container, ${to}`)
}

/** Asks again as long as patience lasts: one second of waiting is little on a busy machine. */
async function answers(
  ask: () => Promise<{ answered: boolean; output: string }>,
  expected: string,
): Promise<void> {
  let said = ''
  const answered = await soon(async () => {
    const now = await ask()
    said = now.output
    return now.answered
  })
  claim(answered, expected, quote(said))
}

/** Sends a line to a TCP port from inside a container and gives the answer. */
export async function tcp(shell: Live, to: string, port: number): Promise<string> {
  const { output } = await shell.ask(`echo question | nc -w ${PATIENCE} ${to} ${port}`)
  return output
}

/** The same from the host. */
export const tcpFromHost = async (host: number, to: string, port: number) =>
  (await hostBusybox(host, `nc -w ${PATIENCE} ${to} ${port}`).catch(String)).trim()

/** Has a container serve one TCP connection: it says where it is. */
export async function serve(shell: Live, port: number, answer: string): Promise<void> {
  await shell.ask(`(echo ${answer} | nc -l -p ${port} > /mytemp/nc.${port} 2>&1 &)`)
  const inHex = `:${port.toString(16).toUpperCase().padStart(4, '0')} `
  const listening = await soon(async () => {
    const files = ['/proc/self/net/tcp', '/proc/self/net/tcp6']
    return (await inNetwork(shell.pid, 'cat', ...files).catch(() => '')).includes(inHex)
  })
  claim(listening, `a program in the container that listens on port ${port}`, 'none')
}

/** A host may lack busybox; the one of the rootfs is static. */
const hostBusybox = (host: number, words: string) =>
  inNetwork(host, at('rootfs', 'busybox', 'bin', 'busybox'), ...words.split(' '))
