// The same container in Go: go/main.go does what step 06 does.
import { join } from 'node:path'
import { at } from '../../setup/project.mjs'
import { find } from '../../setup/programs.mjs'
import { Problem, say, task } from '../../setup/terminal.mjs'
import { rootfs } from './candidates.mjs'
import { run } from './run.mjs'

/** `go run` with a warm cache, and compiled; nothing where there is no Go. */
export async function goPrograms(scratch) {
  if (!find('go')) {
    say(
      'Go is not installed, so there is nothing to compare with: on Debian, apt-get install golang-go',
    )
    return []
  }
  const source = at('tools', 'bench', 'go', 'main.go')
  const binary = join(scratch, 'main')
  // Its own cache: nothing stays, and no other program makes it warm or cold.
  const env = {
    ROOTFS: rootfs,
    GOCACHE: join(scratch, 'go-cache'),
    GOTOOLCHAIN: 'local',
    GOTELEMETRY: 'off',
    GOFLAGS: '',
  }
  await task('Compiling the Go program', async () => {
    const { status, complaints } = await run(['go', 'build', '-o', binary, source], { env })
    if (status !== 0) throw new Problem(`The Go program cannot be compiled:\n${complaints}`)
  })
  return [
    { kind: 'go run', what: 'go run', command: (argv) => ['go', 'run', source, 'run', ...argv] },
    { kind: 'other', what: 'Go, compiled', command: (argv) => [binary, 'run', ...argv] },
  ].map((program) => ({ ...program, name: program.what, env }))
}
