// What a container's resolv.conf says, for each kind of file that hosts have.
import { expect, test } from 'vitest'
import { isRoot, run } from '../native/program'

const systemd = 'nameserver 192.0.2.53\nsearch example.org\n'
const none = ['this host names no server that a container can reach: it asks 1.1.1.1 for names']

type Case = {
  what: string
  /** /etc/resolv.conf of the host: null if there is none. */
  host: string | null
  /** Where it leads, if it's a link. */
  link?: string
  /** The file in which systemd-resolved names its own servers. */
  behind?: string
  container: string
  /** Lines on stderr. */
  says?: string[]
}

const cases: Case[] = [
  {
    what: 'all else is kept',
    host: 'search a.example b.example\nnameserver 192.0.2.1\noptions ndots:2 edns0\nsortlist 10/8\n',
    container:
      'search a.example b.example\noptions ndots:2 edns0\nsortlist 10/8\nnameserver 192.0.2.1\n',
  },
  {
    what: 'comments, blanks, and words behind an address',
    host: '# one\n; two\n\nnameserver\t192.0.2.1  # mine\nnameserver 192.0.2.2\t\n#nameserver 192.0.2.3\n',
    container: 'nameserver 192.0.2.1\nnameserver 192.0.2.2\n',
  },
  {
    what: 'lines that end as in Windows',
    host: 'nameserver 192.0.2.1\r\nsearch example.org\r\n',
    container: 'search example.org\nnameserver 192.0.2.1\n',
  },
  {
    what: 'no newline at the end',
    host: 'search example.org\nnameserver 192.0.2.1',
    container: 'search example.org\nnameserver 192.0.2.1\n',
  },
  {
    what: 'IPv6, link-local and loopback servers beside another',
    host:
      'nameserver 2001:db8::1\nnameserver fe80::1%eth0\nnameserver ::1\nnameserver ::ffff:192.0.2.9\n' +
      'nameserver 127.0.0.1\nnameserver 0.0.0.0\nnameserver 192.0.2.1\n',
    container: 'nameserver 192.0.2.1\n',
  },
  {
    what: 'a service on the loopback interface that names its own',
    host: 'nameserver 127.0.0.53\noptions edns0 trust-ad\nsearch example.org\n',
    behind: systemd,
    container: 'search example.org\nnameserver 192.0.2.53\n',
  },
  {
    what: 'such a service in Docker',
    host: 'nameserver 127.0.0.11\noptions ndots:0\n',
    container: 'options ndots:0\nnameserver 1.1.1.1\n',
    says: none,
  },
  {
    what: 'IPv6 servers alone',
    host: 'search example.org\nnameserver 2001:db8::1\n',
    container: 'search example.org\nnameserver 1.1.1.1\n',
    says: none,
  },
  { what: 'an empty file', host: '', container: 'nameserver 1.1.1.1\n', says: none },
  { what: 'no file', host: null, container: 'nameserver 1.1.1.1\n', says: none },
  {
    what: 'a link that leads nowhere',
    host: null,
    link: '../run/systemd/resolve/stub-resolv.conf',
    container: 'nameserver 1.1.1.1\n',
    says: none,
  },
  {
    what: 'what is no address',
    host: 'nameserver example.org\nnameserver 192.0.2\nnameserver\n',
    container: 'nameserver 1.1.1.1\n',
    says: none,
  },
]

// The host's /etc and /run are the program's own.
const mounts = 'mount -t tmpfs etc /etc && mount -t tmpfs run /run && exec "$@"'

/** What resolvConf() returns and prints for each of them. */
const ask = () =>
  run(
    ({ native, fs }, given) => {
      fs.mkdirSync('/run/systemd/resolve', { recursive: true })
      const write = (file: string, text: string | null | undefined) => {
        fs.rmSync(file, { force: true })
        if (text) fs.writeFileSync(file, text)
      }
      return given.map(({ host, link, behind }) => {
        write('/etc/resolv.conf', host)
        if (link) fs.symlinkSync(link, '/etc/resolv.conf')
        write('/run/systemd/resolve/resolv.conf', behind)
        const said: string[] = []
        console.error = (line) => said.push(line)
        return { container: native.resolvConf(), said }
      })
    },
    cases,
    { wrap: ['unshare', '--mount', 'sh', '-c', mounts, 'sh'] },
  )
let answers: ReturnType<typeof ask> | undefined

test.skipIf(!isRoot).each(cases.map((given, index) => ({ ...given, index })))(
  '$what',
  async ({ index, container, says = [] }) => {
    answers ??= ask()
    expect((await answers).value[index]).toEqual({ container, said: says })
  },
)
