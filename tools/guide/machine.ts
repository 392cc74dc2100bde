// A stand-in host with terminals: whatever a reader's commands change there is gone with it.
import { dirname, join } from 'node:path'
import { isV2 } from '../../test/harness/cgroup'
import { machineLike } from '../../test/harness/stand-in'
import { Session } from '../console/session'

export const cgroupVersion = isV2 ? 'v2' : 'v1'

export type Machine = Awaited<ReturnType<typeof startMachine>>

/** With `user`, its terminals belong to an ordinary user, who may use sudo. */
export async function startMachine({ user = false } = {}) {
  const host = await machineLike({ user })
  const { pid, folder, node, checkout, enter } = host
  const PATH = [join(folder, 'bin'), dirname(process.execPath), process.env.PATH].join(':')
  const env = { PATH, HOME: join(folder, 'home'), NO_UPDATE_NOTIFIER: '1' }
  const sessions: Session[] = []
  return {
    pid,
    /** The words before a command that make it run there. */
    enter,
    /** The path of Node in there. */
    node,
    /** The path of the checkout in there. */
    checkout,
    /** The path of the home directory. */
    home: env.HOME,
    /** A shell in the checkout, at a new terminal. */
    terminal({ cols = 80, rows = 24 } = {}): Session {
      const session = new Session({ cwd: checkout, env, enter, cols, rows })
      sessions.push(session)
      return session
    },
    async close(): Promise<void> {
      await Promise.all(sessions.map((session) => session.close()))
      await host.close()
    },
  }
}
