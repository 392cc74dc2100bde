// The deck over ssh: the line it prints, and a terminal through a forwarded port, as from a laptop
// whose browser has no way to the deck's machine but that.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { forwarding } from '../../slides/deck/server/browser'
import { inHost } from '../harness/host'
import { hostLike } from '../harness/stand-in'
import { work } from '../harness/work'
import { missing, startBrowser, watch } from './browser'
import { LiveDeck, Terminal } from './live'

test('the line for ssh names the user, the machine, and sshd’s port if it is another', () => {
  expect(forwarding(4000, {})).toBeUndefined()
  expect(forwarding(4000, { SSH_CONNECTION: '192.0.2.1 5 192.0.2.7 22', SUDO_USER: 'ada' })).toBe(
    'ssh -L 4000:127.0.0.1:4000 ada@192.0.2.7',
  )
  expect(forwarding(80, { SSH_CONNECTION: '::1 5 2001:db8::7 2222', SUDO_USER: 'ada' })).toBe(
    'ssh -p 2222 -L 80:127.0.0.1:80 ada@2001:db8::7',
  )
})

/** What the far end of `ssh -L` does, for all connections: a program on the host. */
const farEnd = (socket: string, port: number) => `
  const { connect, createServer } = require('node:net')
  createServer((near) => {
    const far = connect(${port}, '127.0.0.1')
    near.pipe(far).pipe(near)
    for (const one of [near, far]) one.on('error', () => { near.destroy(); far.destroy() })
  }).listen(${JSON.stringify(socket)}, () => console.log('ready'))`

test.skipIf(missing('chromium'))('a terminal works through the forwarded port', async () => {
  const host = await hostLike()
  onTestFinished(() => host.close())
  // This end of the port, on the laptop. Its number is free there, and so on the host.
  const socket = join(work().folder, `forwarded-${process.pid}`)
  const laptop = createServer((near) => {
    const far = connect(socket)
    near.pipe(far).pipe(near)
    for (const one of [near, far])
      one.on('error', () => {
        near.destroy()
        far.destroy()
      })
  }).listen(0, '127.0.0.1')
  await once(laptop, 'listening')
  onTestFinished(() => void laptop.close())
  const { port } = laptop.address() as AddressInfo
  const far = spawn('nsenter', [
    '-t',
    `${host.pid}`,
    '-n',
    process.execPath,
    '-e',
    farEnd(socket, port),
  ])
  onTestFinished(() => void far.kill())
  await once(far.stdout, 'data')

  const session = ['env', 'SSH_CONNECTION=192.0.2.1 50000 192.0.2.7 22', 'SUDO_USER=ada']
  const deck = await LiveDeck.start([...inHost(host.pid), ...session], ['--port', `${port}`])
  onTestFinished(async () => void (await deck.end()))
  await deck.says(`ssh -L ${port}:127.0.0.1:${port} ada@192.0.2.7`)
  const browser = await startBrowser()
  onTestFinished(() => browser.close())
  const page = await browser.context.newPage()
  const complaints = watch(page, `http://127.0.0.1:${port}`)
  await page.goto(deck.url)
  const terminal = await Terminal.find(page, 'npm run step -- 2 ')
  await page.keyboard.press('Enter')
  await terminal.shows(/\n.*#$/)
  await page.keyboard.press('Control+Enter')
  await terminal.shows(/# hostname\ncontainer$/m)
  expect(complaints).toEqual([])
})
