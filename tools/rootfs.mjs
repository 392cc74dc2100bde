// npm run rootfs: makes a root file system. All of it is in rootfs/; this only starts it, with its packages installed.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { constants } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)))

// Resolves to the exit status. A signal is passed on: whoever does the work cleans up and says how it ended.
function run(command, args, cwd) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: 'inherit', cwd })
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
    child.on('exit', (status, signal) => resolve(status ?? 128 + constants.signals[signal]))
    child.on('error', (error) => {
      console.error(`Cannot run ${command}: ${error.message}`)
      resolve(1)
    })
  })
}

const installed = existsSync(path.join(root, 'node_modules/tsx')) ? 0 : await run('npm', ['ci'], root)
if (installed === 0) {
  const tsx = createRequire(path.join(root, 'package.json')).resolve('tsx/cjs')
  process.exitCode = await run(process.execPath, [
    '--require',
    tsx,
    path.join(root, 'rootfs/index.ts'),
    ...process.argv.slice(2),
  ])
} else {
  process.exitCode = installed
}
